import { createApp } from 'vue'
import '../ui/style.css'
import './rights.css'
import { titlePage } from '../ui/lang'
import RightsApp from './RightsApp.vue'
import { t } from './text'

titlePage(() => t('rights'))
createApp(RightsApp).mount('#app')
