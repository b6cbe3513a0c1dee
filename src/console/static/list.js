// `/` goes to the search, j and k walk the rows, Enter opens.
const rows = [...document.querySelectorAll('tr.row')]
let at = -1

const show = (to) => {
  if (rows.length === 0) return
  rows[at]?.classList.remove('here')
  at = Math.max(0, Math.min(rows.length - 1, to))
  rows[at].classList.add('here')
  rows[at].scrollIntoView({ block: 'nearest' })
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return
  if (event.key === '/') {
    event.preventDefault()
    document.querySelector('input[type=search]')?.select()
  } else if (event.key === 'j') show(at + 1)
  else if (event.key === 'k') show(at - 1)
  else if (event.key === 'Enter' && at >= 0 && event.target === document.body) rows[at].querySelector('a')?.click()
})
