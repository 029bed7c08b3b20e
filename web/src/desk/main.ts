import { createApp } from 'vue'
import '../ui/style.css'
import '../ui/form.css'
import './desk.css'
import { useTheme } from '../ui/theme'
import DeskApp from './DeskApp.vue'

useTheme()
createApp(DeskApp).mount('#app')
