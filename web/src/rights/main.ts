import { createApp } from 'vue'
import '../ui/style.css'
import './rights.css'
import RightsApp from './RightsApp.vue'

createApp(RightsApp).mount('#app')
