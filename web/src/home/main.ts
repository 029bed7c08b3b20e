import { createApp } from 'vue'
import '../ui/style.css'
import { t, titlePage } from '../ui/lang'
import { useTheme } from '../ui/theme'
import HomeApp from './HomeApp.vue'

useTheme()
titlePage(() => t('title'))
createApp(HomeApp).mount('#app')
