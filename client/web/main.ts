/** Composition root of the page: its language, the worker that holds the core, and the first screen. */
import './style/tokens.css'
import './style/elements.css'
import './style/parts.css'
import './style/screens.css'
import './style/edge.css'
import './style/print.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { chooseSize, chosenLanguage, chosenSize } from './page/choices.ts'
import { startWorker } from './page/startWorker.ts'
import { speak } from './words/say.svelte.ts'

const target = document.getElementById('app')
if (target) {
  const worker = startWorker()
  chooseSize(chosenSize())
  await speak(chosenLanguage())
  mount(App, { target, props: { worker } })
}
