"""Copies the page tables of an arm64 kernel's linear map out of /proc/kcore, or another ELF core, into a small one.

usage: python3 table-reader.py SOURCE DEST

Only pages that hold tables are read, each of them twice. Where the two readings differ, all begins again, TRIES
times at most. Exit status: 0 two readings agree; 3 they never did, and DEST is the last; 1 it cannot be done.
"""
import os
import struct
import sys

TRIES = 10
ET_CORE, EM_AARCH64, PT_LOAD, PT_NOTE, PN_XNUM = 4, 183, 1, 4, 0xffff
ALL_ONES = (1 << 64) - 1


class Unusable(Exception):
    """What was expected, and what was found."""


def need(condition, words):
    if not condition:
        raise Unusable(words)


def signed(word):
    return word - (1 << 64) if word >> 63 else word


class Image:
    def __init__(self, path):
        self.file = os.open(path, os.O_RDONLY)
        head = self.read(0, 64)
        need(head[:6] == b'\x7fELF\x02\x01', 'expected a little-endian ELF64 core')
        need(struct.unpack_from('<HH', head, 16) == (ET_CORE, EM_AARCH64), 'expected a core of an arm64 machine')
        at, sections = struct.unpack_from('<QQ', head, 32)
        count = struct.unpack_from('<H', head, 56)[0]
        if count == PN_XNUM:
            count = struct.unpack_from('<I', self.read(sections, 64), 44)[0]
        self.loads, self.notes = [], b''
        for i in range(count):
            kind, _, offset, va, pa, size = struct.unpack_from('<IIQQQQ', self.read(at + 56 * i, 56))
            if kind == PT_LOAD:
                self.loads.append((signed(va), None if pa == ALL_ONES else pa, offset, size))
            elif kind == PT_NOTE:
                self.notes += self.read(offset, size) + b'\0' * (-size % 4)
        self.find_facts(self.vmcoreinfo())

    def read(self, at, size):
        data = b''
        while len(data) < size:
            part = os.pread(self.file, size - len(data), at + len(data))
            need(part, 'expected %d bytes at offset 0x%x, found the end of the file' % (size, at))
            data += part
        return data

    def vmcoreinfo(self):
        at = 0
        while at + 12 <= len(self.notes):
            name, size = struct.unpack_from('<II', self.notes, at)
            text = at + 12 + (name + 3) // 4 * 4
            if self.notes[at + 12:at + 12 + name].rstrip(b'\0') == b'VMCOREINFO':
                lines = self.notes[text:text + size].decode('latin-1').split('\n')
                return dict(line.split('=', 1) for line in lines if '=' in line)
            at = text + (size + 3) // 4 * 4
        raise Unusable('expected a VMCOREINFO note (Linux has it in /proc/kcore since 4.19), found none')

    def find_facts(self, info):
        def number(key, base=0):
            need(key in info, 'expected %s in VMCOREINFO, found none' % key)
            return int(info[key].rstrip('\0'), base) & ALL_ONES

        self.granule, built = number('PAGESIZE'), number('NUMBER(VA_BITS)')
        need(self.granule in (4096, 16384, 65536), 'expected PAGESIZE 4096, 16384 or 65536')
        fewest = 47 if self.granule == 16384 else 48
        if 'NUMBER(TCR_EL1_T1SZ)' in info:
            bits = 64 - number('NUMBER(TCR_EL1_T1SZ)')
        else:  # before 5.11
            bits = fewest if built == 52 and min(va for va, _, _, _ in self.loads) >= -(1 << fewest) else built
        self.lpa2 = bits == 52 and self.granule != 65536
        self.index_bits = self.granule.bit_length() - 4
        self.root_level = 4 - (bits - 4) // self.index_bits
        self.start, self.end = -(1 << bits), -(1 << ((bits if bits < 52 else fewest) - 1))
        lost = (1 << built) - (1 << bits)
        # memstart_addr belongs to the PAGE_OFFSET that the kernel was built for (arm64_memblock_init()).
        phys = signed(number('NUMBER(PHYS_OFFSET)'))
        self.linear = self.start - (phys + lost if phys < 0 else phys)
        self.root_va = signed(number('SYMBOL(swapper_pg_dir)', 16))
        self.root_pa = (self.root_va - number('NUMBER(kimage_voffset)')) & ALL_ONES
        # 64K kernels of 52 bits on hardware of fewer run from near the end of the root (TTBR1_BADDR_4852_OFFSET).
        self.root_shift = lost // self.size(self.root_level) * 8 if self.granule == 65536 else 0

    def size(self, level):
        return 1 << (self.index_bits * (4 - level) + 3)

    def page(self, pa, va):
        """A page by its physical address, else by its virtual one."""
        for load_va, load_pa, offset, size in self.loads:
            if load_pa is not None and load_pa <= pa and pa + self.granule <= load_pa + size:
                return self.read(offset + pa - load_pa, self.granule)
        for load_va, load_pa, offset, size in self.loads:
            if load_va <= va and va + self.granule <= load_va + size:
                return self.read(offset + va - load_va, self.granule)
        raise Unusable('expected a table at pa 0x%x, found no memory of the core there' % pa)

    def address(self, word):
        if self.granule == 65536:
            return word & 0xffffffff0000 | (word & 0xf000) << 36
        return word & 0x3ffffffffffff & -self.granule | ((word & 0x300) << 42 if self.lpa2 else 0)

    def walk(self, spool):
        """One reading: (pa, va, level, first VA served) of every table, their pages in the same order in the spool."""
        tables, seen = [], set()

        def visit(pa, va, level, start, shift):
            need(pa not in seen, 'expected each table once, found pa 0x%x again' % pa)
            seen.add(pa)
            page = self.page(pa, va)
            spool.write(page)
            tables.append((pa, va, level, start))
            entries = (self.granule - shift) // 8 if level < 3 else 0
            for i in range(min(entries, -((start - self.end) // self.size(level)))):
                word, = struct.unpack_from('<Q', page, shift + 8 * i)
                if word & 3 == 3:
                    below = self.address(word)
                    visit(below, below + self.linear, level + 1, start + i * self.size(level), 0)

        visit(self.root_pa, self.root_va, self.root_level, self.start, self.root_shift)
        return tables

    def copy(self, tables, spool, dest):
        """The other reading, written as an ELF core. Returns what is not as in the spool."""
        order = sorted(range(len(tables)), key=lambda i: tables[i][0])
        runs = []
        for pa, va, _, _ in (tables[i] for i in order):
            if runs and (runs[-1][0] + runs[-1][2], runs[-1][1] + runs[-1][2]) == (pa, va):
                runs[-1][2] += self.granule
            else:
                runs.append([pa, va, self.granule])
        count = len(runs) + 1
        many = count >= PN_XNUM  # then the count is in a section header
        notes = (128 if many else 64) + 56 * count
        at = -(-(notes + len(self.notes)) // self.granule) * self.granule
        dest.write(struct.pack('<16sHHIQQQIHHHHHH', b'\x7fELF\x02\x01\x01', ET_CORE, EM_AARCH64, 1, 0,
                               128 if many else 64, 64 * many, 0, 64, 56, PN_XNUM if many else count, 64, many, 0))
        dest.write(struct.pack('<44xI16x', count) * many)
        dest.write(struct.pack('<IIQQQQQQ', PT_NOTE, 0, notes, 0, 0, len(self.notes), 0, 0))
        for pa, va, size in runs:
            dest.write(struct.pack('<IIQQQQQQ', PT_LOAD, 7, at, va & ALL_ONES, pa, size, size, self.granule))
            at += size
        dest.write(self.notes + b'\0' * (-(notes + len(self.notes)) % self.granule))
        moved = []
        for i in order:
            pa, va, level, start = tables[i]
            page = self.page(pa, va)
            dest.write(page)
            spool.seek(i * self.granule)
            before = spool.read(self.granule)
            for at in range(0, self.granule, 8) if page != before else ():
                if page[at:at + 8] != before[at:at + 8]:
                    shift = self.root_shift if level == self.root_level else 0
                    va = (start + (at - shift) // 8 * self.size(level)) & ALL_ONES
                    words = struct.unpack_from('<Q', before, at) + struct.unpack_from('<Q', page, at)
                    moved.append('level %d, va 0x%x: 0x%016x became 0x%016x' % ((level, va) + words))
        return moved


def main(source, dest):
    image = Image(source)
    for left in reversed(range(TRIES)):
        try:
            with open(dest + '.part', 'w+b') as spool, open(dest, 'wb') as out:
                moved = image.copy(image.walk(spool), spool, out)
            if not moved:
                return 0
        except Unusable:  # perhaps of a table that was just being changed
            if left == 0:
                os.unlink(dest)
                raise
        finally:
            os.unlink(dest + '.part')
    sys.stderr.write(''.join('moved: %s\n' % line for line in moved[:20]))
    return 3


if __name__ == '__main__':
    try:
        sys.exit(main(*sys.argv[1:]) if len(sys.argv) == 3 else __doc__)
    except (Unusable, OSError, ValueError, struct.error) as error:
        sys.exit('%s: %s' % (sys.argv[1], error))
