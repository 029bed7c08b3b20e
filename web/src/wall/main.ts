import { createApp } from 'vue'
import '../ui/style.css'
import './wall.css'
import WallApp from './WallApp.vue'

createApp(WallApp).mount('#app')
