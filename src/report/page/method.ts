// How the numbers came about, what they assume, and what they do not say.
import type { Run } from '../../record/run.js';
import { formatCount } from '../number.js';
import { html, type Markup } from './html.js';

export function method(run: Run): Markup {
  const seed = run.options.seed;
  return html`<h3>Three kinds of numbers</h3>
<dl>
<dt>Exact</dt><dd>Counters, leaf sizes, table memory, maps. They are counted where the simulated kernel does a thing, and repeat on every machine. They are as good as the model, which is held against captures of real kernels: descriptors, splits, tables, return values. Docs: docs/model.md, docs/counters.md.</dd>
<dt>Estimated</dt><dd>TLB misses, walk cycles, times of a permission change. They come from exact maps and counts with a model of a core or a cost of each event. Times are always intervals. Docs: docs/tlb.md (What is simulated; Theory beside the simulation), docs/cost-model.md (Platforms; Not known).</dd>
<dt>Measured</dt><dd>Times of the simulator on the machine of this run: the median of samples with a 95 % confidence interval of the median. They say nothing of arm64 hardware.</dd>
</dl>
<h3>What is compared</h3>
<dl>
<dt>page-basis</dt><dd>One call for each page: Linux 6.18 to 7.2.</dd>
<dt>huge-size</dt><dd>One call for each huge unit that is covered whole: proposed on LKML on 2 June 2025, not merged.</dd>
<dt>contiguous-runs</dt><dd>One call for each run of physically consecutive pages. No kernel does it.</dd>
<dt>pages-only</dt><dd>The linear map in pages throughout, as up to Linux 6.17.</dd>
<dt>series-v3</dt><dd>The series as posted in March 2025, since replaced: a block that is touched goes to pages at once.</dd>
</dl>
<p>The long form, with what is hypothetical in each: docs/strategies.md.</p>
<h3>Limits</h3>
<ul>
<li>No time of a kernel was measured. An estimate of time is made of counted events and of costs published for a few machines; one CPU alone, without waiting, reclaim or interrupts.</li>
<li>Captures come from virtual machines with few CPUs and little memory. Machines of 256 GiB are built by the simulated kernel, not captured.</li>
<li>Memory on a built machine is not fragmented, unless a workload says so. On a machine that has been up for months areas are scattered, and huge size has less to gain.</li>
<li>TLB misses are those of one core, with user accesses where the stream has them. Sizes and replacement of real TLBs are published in part only; what is assumed is listed core by core (docs/cores.md).</li>
<li>Generated streams are no workloads: they show how misses follow from a layout, and their instructions are a parameter.${seed === undefined ? null : html` Their seed is ${formatCount(seed)}.`}</li>
<li>“blocks-after” is an assumed amount of wear: so many modules, BPF packs and secret pages.</li>
<li>Huge size assumes that huge vmalloc areas may change their permissions, which Linux 7.2 refuses (docs/strategies.md, The five).</li>
</ul>`;
}
