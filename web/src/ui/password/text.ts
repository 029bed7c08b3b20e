// What is said while somebody changes the own password.
import { textsOf } from '../lang'

export const { tables, t } = textsOf(
  {
    title: '修改密码',
    note: '修改后，此账号在其他设备上的登录会立即退出。',
    old: '现在的密码',
    new: '新密码（至少 8 个字符）',
    again: '再输入一次新密码',
    short: '新密码至少 8 个字符',
    same: '新密码不能与现在的密码相同',
    differs: '两次输入的新密码不一致',
    wrongOld: '现在的密码不正确',
    done: '密码已修改',
  },
  {
    title: 'Change the password',
    note: 'Everywhere else this account is signed out at once.',
    old: 'Present password',
    new: 'New password (8 characters at least)',
    again: 'The new one again',
    short: 'The new password must have 8 characters at least',
    same: 'The new password must not be the present one',
    differs: 'The two new passwords differ',
    wrongOld: 'The present password is wrong',
    done: 'The password is changed',
  },
)
