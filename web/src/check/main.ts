import { createApp } from 'vue'
import '../ui/style.css'
import '../ui/form.css'
import './check.css'
import { titlePage } from '../ui/lang'
import { useTheme } from '../ui/theme'
import CheckApp from './CheckApp.vue'
import { t } from './text'

useTheme()
titlePage(() => t('check'))
createApp(CheckApp).mount('#app')
