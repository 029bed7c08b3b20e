import { createApp } from 'vue'
import '../ui/style.css'
import '../ui/form.css'
import './pick.css'
import { useTheme } from '../ui/theme'
import PickApp from './PickApp.vue'

useTheme()
createApp(PickApp).mount('#app')
