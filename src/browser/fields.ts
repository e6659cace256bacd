// Labelled controls as markup.
import { html, type Markup } from '../report/page/html.js';

/** Value and text of each option. */
type Options = readonly (readonly [value: string, text: string])[];

export function selectField(id: string, label: string, options: Options, selected: string): Markup {
  return html`<label for="${id}">${label}<select id="${id}">${optionsOf(options, selected)}</select></label>`;
}

export function optionsOf(options: Options, selected: string): Markup {
  return html`${options.map(
    ([value, text]) =>
      html`<option value="${value}"${value === selected ? html` selected` : null}>${text}</option>`,
  )}`;
}
