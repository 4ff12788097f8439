import { document, rfc } from './document.ts'

export const rfc7519 = document('rfc7519', 'JSON Web Token (JWT)', rfc(7519), {
  jtiUnique: ['4.1.7', 'MUST', 'gives no two different tokens the same jti'],
})
