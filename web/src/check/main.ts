import { createApp } from 'vue'
import '../ui/style.css'
import '../ui/form.css'
import './check.css'
import { useTheme } from '../ui/theme'
import CheckApp from './CheckApp.vue'

useTheme()
createApp(CheckApp).mount('#app')
