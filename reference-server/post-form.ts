import { escapeHtml, pageFrame, submitScript } from './page-frame.ts'

/** A form that a browser carries a message with. */
export interface PostForm {
  readonly action: string
  readonly method: 'post' | 'get'
  readonly controls: readonly { readonly type: 'hidden' | 'text'; readonly name: string; readonly value: string }[]
}

/** The page sends the form itself where scripts run, and has a button where they do not. */
export const postFormPage = ({ action, method, controls }: PostForm): string =>
  pageFrame(
    'Signing in',
    `<form method="${method}" action="${escapeHtml(action)}">
${controls.map(({ type, name, value }) => `<input type="${type}" name="${name}" value="${escapeHtml(value)}"/>`).join('\n')}
<p>You are being taken back to the application.</p>
<p><button type="submit">Continue</button></p>
</form>
<script>${submitScript}</script>`,
  )
