// The chapters of the page, in reading order: what each one claims, shows and adds in tables.
import type { Run } from '../../record/run.js';
import type { Chart } from '../charts/chart.js';
import { answerSentences } from '../sections/answer.js';
import { comparisonSection } from '../sections/comparison.js';
import { estimateSpeedSection } from '../sections/estimate-speed.js';
import { exactGateSection } from '../sections/exact-gate.js';
import { gateSection } from '../sections/gate.js';
import { hotPathSection } from '../sections/hot-path.js';
import { nativeSection } from '../sections/native.js';
import { publishedSection } from '../sections/published.js';
import { replaysSection } from '../sections/replays.js';
import { scalingSection } from '../sections/scaling.js';
import { strategiesOnTracesSection } from '../sections/strategies-on-traces.js';
import { timeSection } from '../sections/time.js';
import { tlbSection } from '../sections/tlb.js';
import type { Table } from '../table.js';
import { chartFigure, type Drawn } from './chart-figure.js';
import { downloads } from './downloads.js';
import { html, type Markup } from './html.js';
import { machinesTable, runTable } from './machines.js';
import { mapFigure } from './map-figure.js';
import { method } from './method.js';
import { htmlTable } from './table-html.js';

export interface Chapter {
  id: string;
  title: string;
  body: Markup;
}

interface Content extends Drawn {
  run: Run;
  charts: readonly Chart[];
}

/** What a run has nothing for says so: a chapter never goes missing. */
export function chaptersOf(content: Content): Chapter[] {
  const { run, byScript } = content;
  return [
    { id: 'answer', title: 'The answer', body: answer(run) },
    {
      id: 'machines',
      title: 'The machines and the run',
      body: html`<p>Every page table here is simulated, descriptor by descriptor. Captures are of real arm64 kernels in virtual machines: their tables, then a trace of calls, then their tables again. ${warningsOf(run)}</p>
${htmlTable(machinesTable(run))}${htmlTable(runTable(run))}${tables('Replays: does the simulator end where the kernel did?', replaysSection(run))}`,
    },
    {
      id: 'page-basis',
      title: 'Page basis against huge size',
      body: html`<p>When a vmalloc area becomes read-only, so must the linear map of its pages. Linux calls <code>__change_memory_common()</code> once for each page (<em>page basis</em>). Where the area is mapped by huge units, one call for each unit would do (<em>huge size</em>). What both cost is counted by the rules of the kernel; what they leave behind is the map itself.</p>
${figures(content, ['page-basis-vs-huge-size', 'traces-tlbi', 'traces-stores', 'traces-leaf-sizes', 'leaf-sizes-left', 'change-time'])}
${tables('The captured traces under each strategy', strategiesOnTracesSection(run))}
${tables('Built machines: what each workload costs, and what it leaves', comparisonSection(run, 'full'))}
${tables('Estimated time of a permission change', timeSection(run, 'full'))}`,
    },
    {
      id: 'configurations',
      title: 'Configurations: memory of page tables, and TLB misses',
      body: html`<p>How the linear map is laid out follows from <code>rodata=</code> and the CPU: pages where its permissions may change and a block cannot be split in place, blocks elsewhere. The memory of the tables is exact. TLB misses are estimates by simulation of a core's TLBs over the exact map.</p>
${figures(content, ['table-memory', 'tlb-misses', 'miss-curves'])}
${tables('TLB misses, walks and rates', tlbSection(run))}`,
    },
    {
      id: 'published',
      title: 'Published against estimated',
      body: html`<p>Figures that others measured on hardware, beside what linmap says of the same case. What is outside of the allowed deviation stays in the table.</p>
${tables(null, publishedSection(run, 'brief'))}
${tables('Each figure with its source', publishedSection(run, 'full'), 'printed')}`,
    },
    {
      id: 'map',
      title: 'The linear map before and after',
      body:
        run.mapFrames === undefined
          ? nothing('This run has not replayed the scenario whose map is shown.')
          : mapFigure(run.mapFrames),
    },
    {
      id: 'what-if',
      title: 'What if',
      body: forScript(
        byScript,
        'what-if-app',
        'Choose a machine, a strategy and a workload: the simulator in this page counts anew.',
      ),
    },
    {
      id: 'hot-path',
      title: 'Speed of the hot path',
      body: html`<p>How fast the simulator itself is, in WebAssembly and in the same code as plain TypeScript. Times were measured on the machine of this run and are not comparable with those of another.</p>
${figures(content, ['hot-path', 'native', 'scaling-time', 'scaling-memory'])}
${tables(null, hotPathSection(run))}${run.native === undefined ? html`<p>Beside a plain C twin: <code>linmap bench --native</code> times it where there is a C compiler.</p>` : tables(null, nativeSection(run))}${tables('Growth with the size of the machine', scalingSection(run))}${tables('Speed of the estimates', estimateSpeedSection(run))}`,
    },
    { id: 'regressions', title: 'Regressions', body: regressions(run) },
    { id: 'method', title: 'Method, assumptions and limits', body: method(run) },
    {
      id: 'drop',
      title: 'Your own capture',
      body: forScript(
        byScript,
        'drop-app',
        'An archive of linmap capture-script, a dump of page tables or a trace is imported and replayed in this page; nothing leaves your machine.',
      ),
    },
    { id: 'data', title: 'Raw data', body: downloads(run) },
  ];
}

function answer(run: Run): Markup {
  const sentences = answerSentences(run);
  if (sentences.length === 0) return nothing('This run compared nothing.');
  return html`<ol class="answer">${sentences.map((sentence) => html`<li>${sentence}</li>\n`)}</ol>
<p class="quiet">Evidence, uncertainty and limits of each follow, chapter by chapter.</p>`;
}

function warningsOf({ warnings }: Run): Markup {
  return html`${warnings.map((warning) => html`<strong class="warning">Warning: ${warning}.</strong> `)}`;
}

function regressions(run: Run): Markup {
  const gate = gateSection(run);
  const checked = run.exact?.baseline !== undefined || run.gate !== undefined;
  return html`<p>Exact results may not change at all: a difference is a bug or a change of the model. Times are held against a pinned build of the core, timed in turns with it.</p>
${tables(null, exactGateSection(run, 'full'))}
${typeof gate === 'string' ? html`<p>${gate}</p>` : gate.map(htmlTable)}
${checked ? null : html`<p>This run was held against no baseline and no reference. <code>npm run bench -- --check</code> does both, <code>--check=counters</code> only the first; <code>linmap compare A B</code> holds two records against each other, <code>linmap history</code> shows the course of many.</p>`}`;
}

/** The chart's places; what the run has no data for is left out. */
function figures({ charts, ...drawn }: Content, ids: readonly string[]): Markup {
  return html`${ids.map((id) => {
    const chart = charts.find((one) => one.id === id);
    return chart === undefined ? null : chartFigure(chart, drawn);
  })}`;
}

/** Tables behind a toggle of their own; without a name for it they stand open. Those that are `printed` stand open on paper. */
function tables(summary: string | null, found: readonly Table[], more = ''): Markup {
  if (found.length === 0) return summary === null ? nothing('This run has nothing on it.') : html``;
  if (summary === null) return html`${found.map(htmlTable)}`;
  return html`<details class="tables ${more}"><summary>${summary} (${found.length === 1 ? 'table' : `${found.length} tables`})</summary>
${found.map(htmlTable)}</details>
`;
}

function forScript(byScript: boolean, id: string, lead: string): Markup {
  return html`<p>${lead}</p>
${byScript ? html`<noscript><p>This needs JavaScript.</p></noscript>` : html`<p>This copy of the page was written without its script, which this part needs.</p>`}
<div id="${id}"></div>`;
}

function nothing(text: string): Markup {
  return html`<p>${text}</p>`;
}
