import { escapeHtml } from '../escape-html.ts'

/** One plain page without scripts; `body` is HTML already. */
function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title === 'AskFirst' ? title : `${title} - AskFirst`)}</title>
<link rel="stylesheet" href="/page.css">
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`
}

/** The form for the first admin; `problem` says in one sentence what was wrong with the last try. */
export function setupPage(
  token: string,
  filled: { readonly name: string; readonly email: string },
  problem: string | null,
): string {
  const alert = problem === null ? '' : `<p role="alert" class="problem">${escapeHtml(problem)}</p>\n`
  return page(
    'Set up AskFirst',
    `<p>Create the first admin account. It can make the accounts of everybody else.</p>
${alert}<form method="post" action="/setup">
<input type="hidden" name="token" value="${escapeHtml(token)}">
<p><label for="name">Your name</label>
<input id="name" name="name" value="${escapeHtml(filled.name)}" required maxlength="200" autocomplete="name"></p>
<p><label for="email">E-mail</label>
<input id="email" name="email" type="email" value="${escapeHtml(filled.email)}" required maxlength="254" autocomplete="username"></p>
<p><label for="password">Password</label>
<input id="password" name="password" type="password" required minlength="12" maxlength="256" autocomplete="new-password" aria-describedby="password-hint">
<span id="password-hint">At least 12 characters. A few words in a row are good.</span></p>
<p><button type="submit">Create the admin</button></p>
</form>`,
  )
}

/** Shown after the set-up, and for a link that has done its work. */
export function messagePage(title: string, text: string): string {
  return page(title, `<p>${escapeHtml(text)}</p>\n<p><a href="/">To the start page</a></p>`)
}

export const PAGE_CSS = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; --accent: light-dark(#1f5fbf, #8ab4f8); }
main { max-width: 36rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { line-height: 1.2; }
a { color: var(--accent); }
label, #password-hint { display: block; }
label { font-weight: 600; }
#password-hint { font-size: .875rem; }
input, button { font: inherit; padding: .5rem .75rem; box-sizing: border-box; border: 1px solid GrayText; border-radius: .375rem; }
input { width: 100%; }
button { padding: .5rem 1.25rem; border-color: var(--accent); background: var(--accent); color: light-dark(#fff, #10131a); font-weight: 600; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.problem { border-left: .25rem solid light-dark(#b3261e, #f2b8b5); padding-left: .75rem; }
`
