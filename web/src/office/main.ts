import { createApp } from 'vue'
import '../ui/style.css'
import '../ui/form.css'
import './office.css'
import { useTheme } from '../ui/theme'
import OfficeApp from './OfficeApp.vue'

useTheme()
createApp(OfficeApp).mount('#app')
