import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A target file for a server at which one client and one person are known; more lines may follow. */
export const targetFor = (issuer: string, ...more: readonly string[]): string =>
  [
    `issuer: ${issuer}`,
    'clients:',
    '  - client_id: app',
    '    client_secret: the secret of the app',
    '    token_endpoint_auth_method: client_secret_basic',
    '    redirect_uris: [https://rp.example/callback]',
    '    grant_types: [authorization_code, client_credentials]',
    'users:',
    '  - username: alice',
    '    password: correct-horse',
    ...more,
    '',
  ].join('\n')

/** Puts a target file into a folder, under the name that commands are given. */
export const writeTarget = (folder: string, text: string) => writeFileSync(join(folder, 'target.yaml'), text)
