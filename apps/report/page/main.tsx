import { render } from 'preact';
import type { PageData } from '../src/page-data.ts';
import { App } from './app.tsx';
import { Model } from './model.ts';
import './style/index.css';

const root = document.getElementById('app');
const island = document.getElementById('data');
if (root !== null && island !== null) start(root, island);

function start(root: HTMLElement, island: HTMLElement): void {
  const data: PageData = JSON.parse(island.textContent ?? '');
  const model = new Model(data);
  const draw = (printing: boolean) => render(<App model={model} printing={printing} />, root);
  const still = [...root.childNodes];
  root.replaceChildren();
  try {
    draw(false);
  } catch (error) {
    // A browser too old for the page still shows the figures that stand there without it.
    root.replaceChildren(...still);
    throw error;
  }
  // Paper has no buttons: the page is laid out anew before it is printed.
  addEventListener('beforeprint', () => draw(true));
  addEventListener('afterprint', () => draw(false));
  // Behind the first frame the page is painted and takes input.
  requestAnimationFrame(() => setTimeout(() => performance.mark('interactive')));
}
