// Groups: the page-by-page changes that belong to one change_memory_common() or to one half of one vfree(), so that
// another strategy can make them differently. Everything else stays a call on its own.
import type { Address } from '../io/address.js';
import type { Call, ChangeCall } from './calls.js';

/** What one task is in the middle of. */
interface Course {
  /** Pages changed so far by the alias loop that is running, or null outside one. */
  alias: ChangeCall[] | null;
  /** Pages that set_direct_map_invalid_noflush() has made invalid since anything else happened. */
  invalidated: ChangeCall[];
  /** Second half of a vfree(): the group that pages made valid again join, and how many are to come. */
  restored: { members: ChangeCall[]; left: number } | null;
}

/**
 * For each change that belongs to a group of the linear map, the whole group in order.
 *
 * The alias loop of change_memory_common() changes pages one by one, then calls vm_unmap_aliases() and changes the
 * vmalloc range. vm_reset_perms(), in a vfree(), makes each page invalid, calls vm_unmap_aliases(), and makes each
 * page valid again. Pages made invalid with a flush of their own, or without vm_unmap_aliases() after them
 * (secretmem), are calls on their own.
 * @param pageEnd first VA after the linear map
 */
export function groupChanges(calls: readonly Call[], pageEnd: Address): Map<ChangeCall, ChangeCall[]> {
  const groups = new Map<ChangeCall, ChangeCall[]>();
  const courses = new Map<string, Course>();
  for (const call of calls) {
    if (call.kind === 'flush' || call.kind === 'marker' || call.kind === 'kfence') continue;
    const course = courseOf(courses, call.task);
    if (call.kind !== 'change') {
      if (call.kind === 'unmap aliases') closeVfreeLoop(course, groups);
      else endVfree(course);
      course.alias = null;
    } else if (call.start >= pageEnd) {
      endVfree(course);
      course.alias = null;
    } else {
      const group = join(course, call);
      if (group) groups.set(call, group);
    }
  }
  return groups;
}

/** Pages made invalid before vm_unmap_aliases() are the first loop of a vfree(); as many follow in the second. */
function closeVfreeLoop(course: Course, groups: Map<ChangeCall, ChangeCall[]>): void {
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

function join(course: Course, call: ChangeCall): ChangeCall[] | null {
  if (call.caller === 'set_direct_map_invalid_noflush') {
    course.restored = null;
    // A page that is flushed at once is secretmem's; a vfree() flushes once, when all are invalid.
    if (call.flush) course.invalidated = [];
    else course.invalidated.push(call);
    return null;
  }
  course.invalidated = [];
  if (call.caller === 'set_direct_map_default_noflush' && course.restored) {
    const { members } = course.restored;
    members.push(call);
    if (--course.restored.left === 0) course.restored = null;
    return members;
  }
  course.restored = null;
  if (call.caller !== 'change_memory_common') return null;
  // Where the entry was not probed, a loop begins with its first page and ends at the vmalloc range.
  if (course.alias?.[0] && course.alias[0].masks !== call.masks) course.alias = null;
  course.alias ??= [];
  course.alias.push(call);
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
