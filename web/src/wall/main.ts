import { createApp } from 'vue'
import '../ui/style.css'
import './wall.css'
import { useTheme } from '../ui/theme'
import WallApp from './WallApp.vue'

useTheme('dark')
createApp(WallApp).mount('#app')
