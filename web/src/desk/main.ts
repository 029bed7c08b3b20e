import { createApp } from 'vue'
import '../ui/style.css'
import '../ui/form.css'
import './desk.css'
import { t, titlePage } from '../ui/lang'
import { useTheme } from '../ui/theme'
import DeskApp from './DeskApp.vue'

useTheme()
titlePage(() => t('desk'))
createApp(DeskApp).mount('#app')
