import { createApp } from 'vue'
import '../ui/style.css'
import HomeApp from './HomeApp.vue'

createApp(HomeApp).mount('#app')
