import { createApp } from 'vue'
import '../ui/style.css'
import './wall.css'
import { t, titlePage } from '../ui/lang'
import { useTheme } from '../ui/theme'
import WallApp from './WallApp.vue'

useTheme('dark')
titlePage(() => t('wall'))
createApp(WallApp).mount('#app')
