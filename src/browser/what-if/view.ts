// "What if" in the page: choose, and see what comes of it at once.
import { Core } from '../../core/core.js';
import { coreLabel } from '../../report/labels.js';
import { html } from '../../report/page/html.js';
import { htmlTable } from '../../report/page/table-html.js';
import { mapStage } from '../map-stage.js';
import { changeCommandLine, mapCommandLine } from './command.js';
import { FormError, formMarkup, WhatIfForm } from './form.js';
import { type Outcome, outcomeOf } from './model.js';
import { countersTable, outcomeSentence, stateTable } from './outcome-tables.js';
import { formatWhatIf, isWhatIfHash, parseWhatIf, type WhatIf } from './state.js';

/** Fills the place with controls and what comes of them. Follows the hash of the address, and keeps it up to date. */
export function startWhatIf(place: HTMLElement): void {
  new WhatIfView(place).start();
}

class WhatIfView {
  readonly #core = new Core();
  #state = parseWhatIf(location.hash);
  readonly #form: WhatIfForm;

  constructor(private readonly place: HTMLElement) {
    place.innerHTML = html`${formMarkup(this.#state)}
<p id="what-if-status" role="status" aria-live="polite"></p>
<div id="what-if-outcome"></div>`.text;
    this.#form = new WhatIfForm(this.#part('form') as HTMLFormElement);
  }

  start(): void {
    this.#form.onChange((final) => this.#choose(final));
    addEventListener('hashchange', () => {
      if (!isWhatIfHash(location.hash)) return;
      this.#state = parseWhatIf(location.hash);
      this.#form.show(this.#state);
      this.#show(true);
    });
    this.#form.show(this.#state);
    this.#show(true);
    // A link to a state leads here, although no element is called like that.
    if (!isWhatIfHash(location.hash)) return;
    // At once: the page scrolls smoothly, which is for those who follow a link within it.
    const lead = () => this.place.scrollIntoView({ behavior: 'instant' });
    lead();
    // What is above becomes higher or lower with the page's own fonts.
    void document.fonts.ready.then(lead);
  }

  #choose(final: boolean): void {
    try {
      this.#state = this.#form.read(this.#state);
    } catch (error) {
      if (!(error instanceof FormError)) throw error;
      if (final) this.#say(error.message, true);
      return;
    }
    if (this.#show(final)) replaceHash(formatWhatIf(this.#state));
  }

  /** Whether the choice makes a machine. Somebody who is still typing is not told that it does not. */
  #show(final: boolean): boolean {
    const start = performance.now();
    try {
      const outcome = outcomeOf(this.#core, this.#state);
      this.#part('outcome').innerHTML = outcomeMarkup(outcome, this.#state);
      this.#markChosen(outcome);
      this.#say(outcomeSentence(outcome), false);
    } catch (error) {
      // A choice that makes no machine, or one with more page tables than the core can hold.
      if (!(error instanceof RangeError)) throw error;
      if (final) this.#say(`Not possible: ${error.message}.`, true);
      return false;
    } finally {
      this.place.dataset.milliseconds = (performance.now() - start).toFixed(1);
    }
    return true;
  }

  #say(text: string, wrong: boolean): void {
    const status = this.#part('status');
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle('bad', wrong);
    this.#part('outcome').toggleAttribute('hidden', wrong);
  }

  #markChosen({ results, chosen }: Outcome): void {
    const row = this.place.querySelectorAll('#what-if-counters tbody tr')[results.indexOf(chosen)];
    row?.setAttribute('aria-current', 'true');
  }

  #part(name: 'form' | 'status' | 'outcome'): HTMLElement {
    return this.place.querySelector(`#what-if-${name}`) as HTMLElement;
  }
}

function outcomeMarkup(outcome: Outcome, state: WhatIf): string {
  const { picture, machine, chosen } = outcome;
  const map = mapCommandLine(state);
  return html`<div id="what-if-counters">${htmlTable(countersTable(outcome))}</div>
${htmlTable(stateTable(outcome, coreLabel(state.core)))}
<h3>The map after the change</h3>
<p>${picture.title}.</p>
${mapStage(picture, `the linear map of ${machine.name} after the change with ${chosen.strategy.title}`)}
<h3>The same on the command line</h3>
<pre tabindex="0" role="group" aria-label="Commands"><code>${changeCommandLine(state)}${map === null ? null : `\n${map}`}</code></pre>
<p><a href="${formatWhatIf(state)}">Link to this choice</a></p>`.text;
}

/** Leaves no trace in the history for every turn of a control. */
function replaceHash(hash: string): void {
  history.replaceState(history.state, '', hash);
}
