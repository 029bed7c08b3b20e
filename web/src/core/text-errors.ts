// What an error code means to the person who meets it, on every page; `e_other` for those that have no sentence of their own.
export const zh = {
  e_bad_credentials: '账号或密码不正确',
  e_rate_limited: '操作过于频繁，请稍后再试',
  e_forbidden: '您没有此操作的权限',
  e_unavailable: '系统暂不可用，未执行任何操作，请稍后再试',
  e_unknown: '结果未知：请稍等，看板恢复后核对该房源的状态',
  e_unauthenticated: '请先登录',
  e_offline: '连接不上服务器，请检查网络',
  e_bad_request: '请求格式不正确；请刷新页面后再试',
  e_no_such_code: '配对码不正确或已失效',
  e_not_found: '没有这个地址；请刷新页面',
  e_no_such_project: '没有这个项目',
  e_too_large: '内容过大；请减少后再试',
  e_other: '操作未完成（{code}）',
}

export const en: Record<keyof typeof zh, string> = {
  e_bad_credentials: 'The account or the password is wrong',
  e_rate_limited: 'Too many tries; wait a moment',
  e_forbidden: 'You may not do this',
  e_unavailable: 'Not available now; nothing was done, try again',
  e_unknown: 'The outcome is not known: wait until the board is live, then look at the unit',
  e_unauthenticated: 'Sign in first',
  e_offline: 'The server cannot be reached; check the network',
  e_bad_request: 'The request is malformed; load the page again and repeat',
  e_no_such_code: 'No display shows this code, or its time is over',
  e_not_found: 'There is nothing at this address; load the page again',
  e_no_such_project: 'There is no such project',
  e_too_large: 'Too much at once; send less',
  e_other: 'Not done ({code})',
}
