import { createApp } from 'vue'
import '../ui/style.css'
import './desk.css'
import DeskApp from './DeskApp.vue'

createApp(DeskApp).mount('#app')
