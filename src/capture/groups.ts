// Groups: the page-by-page changes that belong to one change_memory_common() or to one half of one vfree(), so that
// another strategy can make them differently. Everything else stays a call on its own.
import type { Address } from '../io/address.js';
import type { CallList } from './call-list.js';

/** Calls of one group, by index and in order. */
type Group = number[];

/** What one task is in the middle of. */
interface Course {
  /** Pages changed so far by the alias loop that is running, or null outside one. */
  alias: Group | null;
  /** Pages that set_direct_map_invalid_noflush() has made invalid since anything else happened. */
  invalidated: Group;
  /** Second half of a vfree(): the group that pages made valid again join, and how many are to come. */
  restored: { members: Group; left: number } | null;
}

/**
 * For each change that belongs to a group of the linear map, the whole group in order.
 *
 * The alias loop of change_memory_common() changes pages one by one, then calls vm_unmap_aliases() and changes the
 * vmalloc range. vm_reset_perms(), in a vfree(), makes each page invalid, calls vm_unmap_aliases(), and makes each
 * page valid again. Pages made invalid with a flush of their own, or without vm_unmap_aliases() after them
 * (secretmem), are calls on their own.
 * @param wanted the calls that count, of those in the list
 * @param pageEnd first VA after the linear map
 */
export function groupChanges(
  calls: CallList,
  pageEnd: Address,
  { from = 0, to = calls.length, leaveOut = (_index: number): boolean => false } = {},
): Map<number, Group> {
  const groups = new Map<number, Group>();
  const courses = new Map<string, Course>();
  for (let index = from; index < to; index++) {
    if (leaveOut(index)) continue;
    const kind = calls.kind(index);
    if (kind !== 'change' && kind !== 'alias loop' && kind !== 'unmap aliases') continue;
    const course = courseOf(courses, calls.task(index));
    if (kind !== 'change') {
      if (kind === 'unmap aliases') closeVfreeLoop(course, groups);
      else endVfree(course);
      course.alias = null;
    } else if (calls.start(index) >= pageEnd) {
      endVfree(course);
      course.alias = null;
    } else {
      const group = join(course, calls, index);
      if (group) groups.set(index, group);
    }
  }
  return groups;
}

/** Pages made invalid before vm_unmap_aliases() are the first loop of a vfree(); as many follow in the second. */
function closeVfreeLoop(course: Course, groups: Map<number, Group>): void {
  const { invalidated } = course;
  if (invalidated.length === 0) return;
  for (const member of invalidated) groups.set(member, invalidated);
  course.restored = { members: [], left: invalidated.length };
  course.invalidated = [];
}

/** Whatever else a task does is not in the middle of a vfree(). */
function endVfree(course: Course): void {
  course.invalidated = [];
  course.restored = null;
}

function join(course: Course, calls: CallList, index: number): Group | null {
  const caller = calls.caller(index);
  if (caller === 'set_direct_map_invalid_noflush') {
    course.restored = null;
    // A page that is flushed at once is secretmem's; a vfree() flushes once, when all are invalid.
    if (calls.flush(index)) course.invalidated = [];
    else course.invalidated.push(index);
    return null;
  }
  course.invalidated = [];
  if (caller === 'set_direct_map_default_noflush' && course.restored) {
    const { members } = course.restored;
    members.push(index);
    if (--course.restored.left === 0) course.restored = null;
    return members;
  }
  course.restored = null;
  if (caller !== 'change_memory_common') return null;
  // Where the entry was not probed, a loop begins with its first page and ends at the vmalloc range.
  const [first] = course.alias ?? [];
  if (first !== undefined && calls.masks(first) !== calls.masks(index)) course.alias = null;
  course.alias ??= [];
  course.alias.push(index);
  return course.alias;
}

function courseOf(courses: Map<string, Course>, task: string): Course {
  let course = courses.get(task);
  if (!course) {
    course = { alias: null, invalidated: [], restored: null };
    courses.set(task, course);
  }
  return course;
}
