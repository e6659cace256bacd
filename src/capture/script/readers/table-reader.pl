# Copies the page tables of an arm64 kernel's linear map out of /proc/kcore, or another ELF core, into a small one.
#
# usage: perl table-reader.pl SOURCE DEST
#
# Only pages that hold tables are read, each of them twice. Where the two readings differ, all begins again, TRIES
# times at most. Exit status: 0 two readings agree; 3 they never did, and DEST is the last; 1 it cannot be done.
# It takes a perl with integers of 64 bits. They are signed throughout, so that sums of addresses wrap.
use strict;
use warnings;
no warnings 'portable';
use integer;
use Fcntl qw(SEEK_SET);

use constant { TRIES => 10, ET_CORE => 4, EM_AARCH64 => 183, PT_LOAD => 1, PT_NOTE => 4, PN_XNUM => 0xffff };

my ($source, $dest) = @ARGV;
@ARGV == 2 or die "usage: perl table-reader.pl SOURCE DEST\n";
my ($file, @loads, $notes, %info);
my ($granule, $index_bits, $root_level, $start, $end, $linear, $root_va, $root_pa, $root_shift, $lpa2);

sub need { my ($condition, @words) = @_; $condition or die sprintf(shift(@words), @words) . "\n" }
sub round_up { my ($value, $unit) = @_; return ($value + $unit - 1) / $unit * $unit }
sub size { my ($level) = @_; return 1 << ($index_bits * (4 - $level) + 3) }

sub get {
    my ($handle, $at, $size) = @_;
    my $bytes = '';
    while (length($bytes) < $size) {
        defined sysseek($handle, $at + length($bytes), SEEK_SET) or die "offset $at: $!\n";
        my $part = sysread($handle, $bytes, $size - length($bytes), length($bytes));
        defined $part or die sprintf("offset 0x%x: %s\n", $at, $!);
        need($part, 'expected %d bytes at offset 0x%x, found the end of the file', $size, $at);
    }
    return $bytes;
}

sub put { my ($handle, $bytes) = @_; syswrite($handle, $bytes) == length($bytes) or die "$dest: $!\n" }

sub read_elf {
    my $head = get($file, 0, 64);
    need(substr($head, 0, 6) eq "\x7fELF\x02\x01", 'expected a little-endian ELF64 core');
    my ($kind, $machine) = unpack('x16 v2', $head);
    need($kind == ET_CORE && $machine == EM_AARCH64, 'expected a core of an arm64 machine');
    my ($at, $sections, $count) = unpack('x32 q<2 x8 v', $head);
    $count = unpack('x44 V', get($file, $sections, 64)) if $count == PN_XNUM;
    $notes = '';
    for my $i (0 .. $count - 1) {
        my ($type, undef, $offset, $va, $pa, $size) = unpack('V2 q<4', get($file, $at + 56 * $i, 56));
        push @loads, [$pa, $va, $offset, $size] if $type == PT_LOAD;
        $notes .= get($file, $offset, $size) . "\0" x (-$size & 3) if $type == PT_NOTE;
    }
}

sub read_vmcoreinfo {
    for (my $at = 0 ; $at + 12 <= length($notes) ;) {
        my ($name, $size) = unpack('V2', substr($notes, $at, 8));
        my $text = $at + 12 + round_up($name, 4);
        if (unpack('Z*', substr($notes, $at + 12, $name)) eq 'VMCOREINFO') {
            %info = map { /^([^=]+)=([^\0]*)/ ? ($1, $2) : () } split(/\n/, substr($notes, $text, $size));
            return;
        }
        $at = $text + round_up($size, 4);
    }
    die "expected a VMCOREINFO note (Linux has it in /proc/kcore since 4.19), found none\n";
}

# A number of VMCOREINFO as signed 64 bits: decimal, or hex after 0x or where $hex is set.
sub number {
    my ($key, $hex) = @_;
    need(defined $info{$key}, 'expected %s in VMCOREINFO, found none', $key);
    my ($minus, $x, $digits) = $info{$key} =~ /^(-?)(0x)?([0-9a-fA-F]+)\s*$/ or die "$key: expected a number\n";
    my $value = $x || $hex ? unpack('q>', pack('H16', ('0' x (16 - length($digits))) . $digits)) : $digits + 0;
    return $minus ? -$value : $value;
}

sub find_facts {
    $granule = number('PAGESIZE');
    need($granule == 4096 || $granule == 16384 || $granule == 65536, 'expected PAGESIZE 4096, 16384 or 65536');
    my $built = number('NUMBER(VA_BITS)');
    my $fewest = $granule == 16384 ? 47 : 48;
    my $bits = $built;
    if (defined $info{'NUMBER(TCR_EL1_T1SZ)'}) { $bits = 64 - number('NUMBER(TCR_EL1_T1SZ)') }
    elsif ($built == 52) { $bits = $fewest unless grep { $_->[1] < -(1 << $fewest) } @loads }    # before 5.11
    $lpa2 = $bits == 52 && $granule != 65536;
    $index_bits = { 4096 => 9, 16384 => 11, 65536 => 13 }->{$granule};
    $root_level = 4 - ($bits - 4) / $index_bits;
    $start = -(1 << $bits);
    $end = -(1 << (($bits < 52 ? $bits : $fewest) - 1));
    my $lost = (1 << $built) - (1 << $bits);

    # memstart_addr belongs to the PAGE_OFFSET that the kernel was built for (arm64_memblock_init()).
    my $phys = number('NUMBER(PHYS_OFFSET)');
    $linear = $start - ($phys < 0 ? $phys + $lost : $phys);
    $root_va = number('SYMBOL(swapper_pg_dir)', 1);
    $root_pa = $root_va - number('NUMBER(kimage_voffset)');

    # 64K kernels of 52 bits on hardware of fewer run from near the end of the root (TTBR1_BADDR_4852_OFFSET).
    $root_shift = $granule == 65536 ? $lost / size($root_level) * 8 : 0;
}

# A page by its physical address, else by its virtual one.
sub page {
    my @addresses = @_;
    for my $key (0, 1) {
        for my $load (@loads) {
            next if $load->[$key] == -1;    # a physical address of all ones is not known
            my $into = $addresses[$key] - $load->[$key];
            return get($file, $load->[2] + $into, $granule) if $into >= 0 && $into + $granule <= $load->[3];
        }
    }
    die sprintf("expected a table at pa 0x%x, found no memory of the core there\n", $addresses[0]);
}

sub address {
    my ($word) = @_;
    return $word & 0xffffffff0000 | ($word & 0xf000) << 36 if $granule == 65536;
    return $word & 0x3ffffffffffff & -$granule | ($lpa2 ? ($word & 0x300) << 42 : 0);
}

# One reading: [pa, va, level, first VA served, place in the spool] of every table; their pages go to the spool.
sub walk {
    my ($spool) = @_;
    my (%seen, @tables, $visit);
    $visit = sub {
        my ($pa, $va, $level, $first, $shift) = @_;
        need(!$seen{$pa}++, 'expected each table once, found pa 0x%x again', $pa);
        my $page = page($pa, $va);
        put($spool, $page);
        push @tables, [$pa, $va, $level, $first, scalar @tables];
        return if $level == 3;
        for my $word (unpack('q<*', substr($page, $shift))) {
            last if $first >= $end;
            my $below = address($word);
            $visit->($below, $below + $linear, $level + 1, $first, 0) if ($word & 3) == 3;
            $first += size($level);
        }
    };
    $visit->($root_pa, $root_va, $root_level, $start, $root_shift);
    return [sort { $a->[0] <=> $b->[0] } @tables];
}

# The other reading, written as an ELF core. Returns what is not as in the spool.
sub copy {
    my ($tables, $spool, $out) = @_;
    my @runs;
    for my $table (@$tables) {
        my ($pa, $va) = @$table;
        my $last = $runs[-1];
        if ($last && $last->[0] + $last->[2] == $pa && $last->[1] + $last->[2] == $va) { $last->[2] += $granule }
        else { push @runs, [$pa, $va, $granule] }
    }
    my $count = @runs + 1;
    my $many = $count >= PN_XNUM ? 1 : 0;    # then the count is in a section header
    my $headers = $many ? 128 : 64;
    my $at = $headers + 56 * $count;
    my $data = round_up($at + length($notes), $granule);
    put($out, pack('a16 v2 V q<3 V v6', "\x7fELF\x02\x01\x01", ET_CORE, EM_AARCH64, 1, 0, $headers, 64 * $many,
        0, 64, 56, $many ? PN_XNUM : $count, 64, $many, 0));
    put($out, pack('x44 V x16', $count)) if $many;
    put($out, pack('V2 q<6', PT_NOTE, 0, $at, 0, 0, length($notes), 0, 0));
    my $offset = $data;
    for my $run (@runs) {
        my ($pa, $va, $size) = @$run;
        put($out, pack('V2 q<6', PT_LOAD, 7, $offset, $va, $pa, $size, $size, $granule));
        $offset += $size;
    }
    put($out, $notes . "\0" x ($data - $at - length($notes)));
    my @moved;
    for my $table (@$tables) {
        my ($pa, $va, $level, $first, $index) = @$table;
        my $page = page($pa, $va);
        put($out, $page);
        my $before = get($spool, $index * $granule, $granule);
        next if $before eq $page;
        my @old = unpack('q<*', $before);
        my @new = unpack('q<*', $page);
        my $skipped = $level == $root_level ? $root_shift / 8 : 0;
        for my $i (grep { $old[$_] != $new[$_] } 0 .. $#old) {
            my $served = $first + ($i - $skipped) * size($level);
            push @moved, sprintf('level %d, va 0x%x: 0x%016x became 0x%016x', $level, $served, $old[$i], $new[$i]);
        }
    }
    return @moved;
}

sub main {
    open($file, '<:raw', $source) or die "$!\n";
    read_elf();
    read_vmcoreinfo();
    find_facts();
    for my $left (reverse 0 .. TRIES - 1) {
        my @moved;
        open(my $spool, '+>:raw', "$dest.part") or die "$dest.part: $!\n";
        open(my $out, '>:raw', $dest) or die "$dest: $!\n";
        my $done = eval { @moved = copy(walk($spool), $spool, $out); 1 };
        my $error = $@;
        unlink "$dest.part";
        return 0 if $done && !@moved;
        next if $left;    # a table that was just being changed, perhaps
        if (!$done) { unlink $dest; die $error }
        print STDERR map { "moved: $_\n" } splice(@moved, 0, 20);
    }
    return 3;
}

my $status = eval { main() };
if (!defined $status) { print STDERR "$source: $@"; exit 1 }
exit $status;
