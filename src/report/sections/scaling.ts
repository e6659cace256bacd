// How time and memory of the simulator grow with the machine.
import { formatSize } from '../../io/size.js';
import type { Run } from '../../record/run.js';
import { FITTED_POINTS, type LargestMachineRecord, type ScalingCurve } from '../../record/scaling.js';
import { formatCount, formatExponent, formatNanoseconds } from '../number.js';
import type { Row, Table } from '../table.js';

const NOT_MEASURED = '–';
const GIB = 2 ** 30;
/** The columns; what lies between is drawn. */
const SIZES = [1, 16, 256, 4096, 65_536].map((gib) => gib * GIB);

export function scalingSection({ scaling }: Run): Table[] {
  if (scaling === undefined || scaling.curves.length === 0) return [];
  const { curves, largest } = scaling;
  return [
    {
      title: 'Growth with the size of the machine: time of the whole work, and stored tables after it',
      columns: [
        { heading: 'work', align: 'left' },
        ...SIZES.map((size) => ({ heading: formatSize(size), align: 'right' as const })),
        { heading: 'exponent', align: 'right' },
      ],
      rows: [
        { group: 'time' },
        ...curves.map((curve) =>
          curveRow(curve, 'time', ({ nanoseconds }) => formatNanoseconds(nanoseconds.median)),
        ),
        { group: 'stored tables' },
        ...curves.map((curve) => curveRow(curve, 'memory', ({ storedBytes }) => formatSize(storedBytes))),
      ],
      notes: [
        `Granule 4K. Exponent b of size^b with its standard error, fitted to the last ${FITTED_POINTS} sizes, powers of 4: 1 grows as the machine does, 0 not at all. Tables that one formula describes are counted, but not stored; 4 GiB of stored tables is what a core has. Change: as a trace does, 1 to 16 pages a call, but at places all over the machine.`,
        ...(largest ? [largestNote(largest)] : []),
      ],
    },
  ];
}

function curveRow(
  curve: ScalingCurve,
  of: 'time' | 'memory',
  cell: (point: ScalingCurve['points'][number]) => string,
): Row {
  const cells = SIZES.map((size) => {
    const point = curve.points.find(({ memoryBytes }) => memoryBytes === size);
    return point === undefined ? NOT_MEASURED : cell(point);
  });
  return [curve.title, ...cells, formatExponent(curve[of])];
}

function largestNote({
  memoryBytes,
  buildNanoseconds,
  builtBytes,
  changes,
  changeNanoseconds,
  changedBytes,
}: LargestMachineRecord): string {
  return (
    `${formatSize(memoryBytes)} in 4K pages: built in ${formatNanoseconds(buildNanoseconds)} with ${formatSize(builtBytes)} stored; ` +
    `then ${formatCount(changes)} changes of a page at random places in ${formatNanoseconds(changeNanoseconds)}, ${formatSize(changedBytes)} stored. Once, in new memory.`
  );
}
