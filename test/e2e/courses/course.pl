# The same course as the other files here, for DBD::mysql and DBD::MariaDB: one JSON line a step.
# Arguments: driver, host, port, user, password, `course` or `refusal`.
use strict;
use warnings;
use DBI;
use JSON::PP;

my ($driver, $host, $port, $user, $password, $what) = @ARGV;
my $json = JSON::PP->new->canonical->allow_nonref;
my $lower = lc $driver;
sub tell_step { print $json->encode([@_]), "\n" }

my $db = DBI->connect("DBI:$driver:database=shop;host=$host;port=$port", $user, $password,
    { RaiseError => 1, PrintError => 0, "${lower}_server_prepare" => 0 });

sub error_of {
    my ($act) = @_;
    return if eval { $act->(); 1 };
    return [$db->err, $db->state, $db->errstr];
}

if ($what eq 'refusal') {
    tell_step('refused', error_of(sub { $db->do('DROP TABLE precious') }));
    tell_step('refused prepared', error_of(sub {
        my $drop = $db->prepare('DROP TABLE precious', { "${lower}_server_prepare" => 1 });
        $drop->execute;
    }));
    tell_step('usable', $db->selectall_arrayref('SELECT COUNT(*) FROM precious'));
    exit 0;
}

tell_step('text', $db->selectall_arrayref("SELECT 1 AS one, 'zwei' AS two, NULL AS nothing, 0.10 AS ten"));
my $one = $db->prepare('SELECT id, v FROM precious WHERE id = ?', { "${lower}_server_prepare" => 1 });
for my $wanted (1, 2) {
    $one->execute($wanted);
    tell_step('prepared', $one->fetchall_arrayref);
}
$one->finish;
$db->do('DROP TABLE IF EXISTS course');
$db->do('CREATE TABLE course (id INT PRIMARY KEY, v LONGTEXT) ENGINE=InnoDB');
for my $keep (0, 1) {
    $db->begin_work;
    tell_step('inserted', $db->do('INSERT INTO course VALUES (?, ?)', undef, 1, "it's"));
    $keep ? $db->commit : $db->rollback;
    tell_step('kept', $db->selectall_arrayref('SELECT * FROM course'));
}
my $tables = join ', ', map { "precious $_" } 'a' .. 'h';
my $bytes = 0;
$bytes += length $_->[0] for @{ $db->selectall_arrayref("SELECT REPEAT('x', 80000) FROM $tables") };
tell_step('big', $bytes);
tell_step('long', length $db->selectall_arrayref("SELECT REPEAT('x', 17000000)")->[0][0]);
tell_step('sent', $db->do('UPDATE course SET v = ?', undef, 'y' x 1_000_000));
tell_step('error', error_of(sub { $db->do('SELECT * FROM nowhere') }));
$db->do('TRUNCATE course');
tell_step('emptied', $db->selectall_arrayref('SELECT COUNT(*) FROM course'));
$db->do('DROP TABLE course');
$db->disconnect;
