import { createApp } from 'vue'
import '../ui/style.css'
import '../ui/form.css'
import './office.css'
import { titlePage } from '../ui/lang'
import { useTheme } from '../ui/theme'
import OfficeApp from './OfficeApp.vue'
import { t } from './text'

useTheme()
titlePage(() => t('office'))
createApp(OfficeApp).mount('#app')
