/** Quick hide: something else on the screen at once, also after a reload of this tab. It fools a look over the shoulder, and no examination. */
const NAME = 'hidden'
let hidden = $state(sessionStorage.getItem(NAME) !== null)

export const isHidden = (): boolean => hidden

export const hide = (): void => {
  sessionStorage.setItem(NAME, '1')
  hidden = true
  location.replace('#/home')
}

export const comeBack = (): void => {
  sessionStorage.removeItem(NAME)
  hidden = false
}
