import { createApp } from 'vue'
import '../ui/style.css'
import '../ui/form.css'
import './pick.css'
import { titlePage } from '../ui/lang'
import { useTheme } from '../ui/theme'
import PickApp from './PickApp.vue'
import { t } from './text'

useTheme()
titlePage(() => t('pick'))
createApp(PickApp).mount('#app')
