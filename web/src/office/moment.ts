export { day, moment } from '../ui/moment'
