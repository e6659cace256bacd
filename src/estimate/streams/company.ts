// Accesses that are not the linear map's, among those that are: they compete for the same TLB entries.
import type { Address } from '../../io/address.js';
import { CLASS } from '../access.js';
import type { AccessWriter } from './access-writer.js';
import type { Parameters, Values } from './parameter.js';
import type { Random } from './random.js';
import type { Company } from './stream-kind.js';
import { ZipfRanks } from './zipf-ranks.js';

const PAGE = 4096;
/** Past the image and its modules, where vmalloc has stacks and per-CPU areas: mapped by pages. */
const VMALLOC: Address = -(2 ** 47) + 2 ** 32;
const IMAGE: Address = -(2 ** 47) + 2 ** 31;
const USER: Address = 0xaaaaaaaa0000;

/** Popularity of their pages, and how many there are: about what the shipped traces have. Assumed. */
const EXPONENT = 1;
/** Three groups of this share, and the 512 accesses of a step, fit what a writer's chunk may go over. */
const MOST_SHARE = 4;
const GROUPS = [
  { name: 'kernel', accessClass: CLASS.otherKernel, base: VMALLOC, pages: 512 },
  { name: 'user', accessClass: CLASS.user, base: USER, pages: 4096 },
  { name: 'code', accessClass: CLASS.instruction, base: IMAGE, pages: 1024 },
] as const;

type CompanyKey = keyof Company;

/** The parameters that every stream has, with the defaults of one. */
export function companyParameters({ kernel, user, code, instructions }: Company): Parameters<CompanyKey> {
  const per = 'for each access of the linear map';
  const share = (byDefault: number, text: string) =>
    ({ kind: 'number', default: byDefault, most: MOST_SHARE, text: `${text} ${per}` }) as const;
  return {
    kernel: share(kernel, 'accesses of vmalloc pages (512 pages, Zipf 1)'),
    user: share(user, 'accesses of user pages (4096 pages, Zipf 1)'),
    code: share(code, 'fetches from other pages of the kernel image (1024 pages, Zipf 1)'),
    instructions: {
      kind: 'number',
      default: instructions,
      most: 2 ** 20,
      text: 'instructions for each access of any class (assumed)',
    },
  };
}

/** Adds what the shares ask for, evenly, as the linear map's accesses come. */
export class CompanyMixer {
  readonly #groups: { accessClass: number; base: Address; ranks: ZipfRanks; share: number; due: number }[];

  constructor(
    values: Values<CompanyKey>,
    readonly random: Random,
  ) {
    this.#groups = GROUPS.flatMap(({ name, accessClass, base, pages }) => {
      const share = values[name];
      return share > 0 ? [{ accessClass, base, share, ranks: new ZipfRanks(pages, EXPONENT), due: 0 }] : [];
    });
  }

  /** True where no class but the linear map's is accessed. */
  get isEmpty(): boolean {
    return this.#groups.length === 0;
  }

  /** Follows `accesses` of the linear map. */
  follow(accesses: number, to: AccessWriter): void {
    for (const group of this.#groups) {
      group.due += accesses * group.share;
      for (; group.due >= 1; group.due--) {
        to.touch(group.base + (group.ranks.next(this.random) - 1) * PAGE, group.accessClass);
      }
    }
  }
}
