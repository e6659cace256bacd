// A capture of the reader's own: dropped or chosen, imported and replayed here. Nothing leaves the page.

import { Core } from '../../core/core.js';
import { InputError } from '../../io/input-error.js';
import { formatSize } from '../../io/size.js';
import type { LinearMap } from '../../map/linear-map.js';
import { html, type Markup } from '../../report/page/html.js';
import { htmlTable } from '../../report/page/table-html.js';
import { mapPicture } from '../../report/picture/map-picture.js';
import { mapStage } from '../map-stage.js';
import { captureSentence, factTable, leafTable, strategyTable } from './capture-tables.js';
import { dropDocument } from './documents.js';
import { filesOfControl, filesOfDrop } from './dropped-files.js';
import { givenMarkup, readGivenForm } from './given-form.js';
import { type DroppedCapture, type DroppedFile, importFiles, MOST_BYTES } from './import-files.js';

/** Fills the place with controls for files, and with what comes of them. */
export function startDrop(place: HTMLElement): void {
  new DropView(place).start();
}

class DropView {
  #files: DroppedFile[] = [];
  #busy = false;

  constructor(private readonly place: HTMLElement) {
    place.innerHTML = html`<div class="drop-zone">
<p>Drop files or a folder here, or choose them: the archive of <code>linmap capture-script</code>, a trace with the files of its machine, <code>kernel_page_tables</code>, a memory image, or the folder of a capture with its <code>machine.json</code>. ${formatSize(MOST_BYTES)} at most; nothing leaves this page.</p>
<label for="drop-files">Files<input id="drop-files" type="file" multiple></label>
<label for="drop-folder">A folder<input id="drop-folder" type="file" webkitdirectory></label>
</div>
${givenMarkup()}
<p id="drop-status" role="status" aria-live="polite"></p>
<div id="drop-outcome"></div>`.text;
  }

  start(): void {
    const zone = this.place.querySelector('.drop-zone') as HTMLElement;
    const over = (event: DragEvent, is: boolean) => {
      event.preventDefault();
      zone.classList.toggle('over', is);
    };
    zone.addEventListener('dragover', (event) => over(event, true));
    zone.addEventListener('dragleave', (event) => over(event, false));
    zone.addEventListener('drop', (event) => {
      over(event, false);
      if (event.dataTransfer !== null) void this.#take(filesOfDrop(event.dataTransfer));
    });
    for (const control of this.place.querySelectorAll<HTMLInputElement>('input[type="file"]')) {
      control.addEventListener('change', () => void this.#take(filesOfControl(control)));
    }
    this.#part('given').addEventListener('change', () => {
      if (this.#files.length > 0) void this.#take(Promise.resolve(this.#files));
    });
  }

  async #take(reading: Promise<DroppedFile[]>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.place.setAttribute('aria-busy', 'true');
    this.#part('outcome').replaceChildren();
    try {
      this.#say('reading files');
      this.#files = await reading;
      if (this.#files.length === 0) return this.#say('No files.');
      const capture = await importFiles(this.#files, readGivenForm(this.#part('given')), (text) =>
        this.#say(text),
      );
      this.#part('outcome').innerHTML = captureMarkup(capture).text;
      this.#offerDocument(capture);
      this.#say(captureSentence(capture));
    } catch (error) {
      this.#say(
        error instanceof InputError ? error.message : `This is a bug, please report it: ${error}`,
        true,
      );
    } finally {
      this.#busy = false;
      this.place.removeAttribute('aria-busy');
    }
  }

  /** The document of the command line, made only when somebody wants it. */
  #offerDocument(capture: DroppedCapture): void {
    this.#part('document').addEventListener('click', () => {
      const text = `${JSON.stringify(dropDocument(capture), null, 2)}\n`;
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
      link.download = 'linmap-import.json';
      link.click();
      URL.revokeObjectURL(link.href);
    });
  }

  #say(text: string, wrong = false): void {
    const status = this.#part('status');
    status.textContent = text;
    status.classList.toggle('bad', wrong);
  }

  #part(name: 'given' | 'status' | 'outcome' | 'document'): HTMLElement {
    return this.place.querySelector(`#drop-${name}`) as HTMLElement;
  }
}

function captureMarkup(capture: DroppedCapture): Markup {
  const { imported, replayed } = capture;
  const { warnings, limits, maps, trace } = imported;
  const notes = [...warnings, ...(trace === null ? [] : limits)];
  const [first] = maps;
  const pictures: [string, LinearMap][] =
    replayed === null
      ? maps.map(({ role, map }) => [`"${role}"`, map])
      : [
          ['before the trace', replayed.scenario.before],
          ['after the trace, as replayed', replayed.kernel.map],
        ];
  return html`${replayed === null ? null : [htmlTable(strategyTable(replayed)), htmlTable(leafTable(replayed))]}
${notes.length === 0 ? null : html`<h3>Mind</h3><ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${pictures.map(([name, map]) => pictureMarkup(name, map))}
<details${first === undefined ? html` open` : null}><summary>Table: the machine, and where each fact is from</summary>
${htmlTable(factTable(capture))}</details>
<p><button type="button" class="button" id="drop-document">Download as JSON</button></p>`;
}

function pictureMarkup(name: string, map: LinearMap): Markup {
  const picture = mapPicture(map, new Core().bits, { name });
  return html`<h3>The map ${name}</h3>
<p>${picture.title}.</p>
${mapStage(picture, `the linear map ${name}`)}`;
}
