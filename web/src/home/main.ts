import { createApp } from 'vue'
import '../ui/style.css'
import { useTheme } from '../ui/theme'
import HomeApp from './HomeApp.vue'

useTheme()
createApp(HomeApp).mount('#app')
