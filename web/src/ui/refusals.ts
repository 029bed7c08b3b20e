// Imported by the pages that tell refusals by their reason.
import { addErrorTexts } from '../core/i18n'
import * as refusals from '../core/text-refusals'

addErrorTexts({ zh: refusals.zh, en: refusals.en })
