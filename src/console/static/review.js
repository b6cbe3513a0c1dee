// The review queue by keyboard: a confirm, r reject, l later, u undo; j and k choose among the candidates.
const radios = [...document.querySelectorAll('input[name=registrationId]')]

const choose = (step) => {
  const at = radios.findIndex((radio) => radio.checked)
  const next = radios[Math.max(0, Math.min(radios.length - 1, at + step))]
  if (next) {
    next.checked = true
    next.focus()
  }
}

document.addEventListener('keydown', (event) => {
  const isText = event.target.matches('textarea, select, input:not([type=radio])')
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isText) return
  if (event.key === 'j') choose(1)
  else if (event.key === 'k') choose(-1)
  else document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click()
})
