<?php
// The same course as the other files here, for mysqli: one JSON line a step.
// Arguments: driver, host, port, user, password, `course` or `refusal`.
[, $driver, $host, $port, $user, $password, $what] = $argv;
function tell(string $step, mixed $value): void
{
    echo json_encode([$step, $value]), "\n";
}

mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
$db = new mysqli($host, $user, $password, 'shop', (int) $port);
$db->set_charset('utf8mb4');

function error_of(mysqli $db, callable $act): ?array
{
    try {
        $act();
    } catch (mysqli_sql_exception $error) {
        return [$error->getCode(), $error->getSqlState(), $error->getMessage()];
    }
    return null;
}

if ($what === 'refusal') {
    tell('refused', error_of($db, fn () => $db->query('DROP TABLE precious')));
    tell('refused prepared', error_of($db, fn () => $db->prepare('DROP TABLE precious')->execute()));
    tell('usable', $db->query('SELECT COUNT(*) FROM precious')->fetch_all());
    exit(0);
}

tell('text', $db->query("SELECT 1 AS one, 'zwölf' AS two, NULL AS nothing, 0.10 AS ten")->fetch_all());
$one = $db->prepare('SELECT id, v FROM precious WHERE id = ?');
foreach ([1, 2] as $wanted) {
    $one->bind_param('i', $wanted);
    $one->execute();
    tell('prepared', $one->get_result()->fetch_all());
}
$one->close();
$db->query('DROP TABLE IF EXISTS course');
$db->query('CREATE TABLE course (id INT PRIMARY KEY, v LONGTEXT) ENGINE=InnoDB');
foreach ([false, true] as $keep) {
    $db->begin_transaction();
    $db->query("INSERT INTO course VALUES (1, 'it''s')");
    tell('inserted', $db->affected_rows);
    $keep ? $db->commit() : $db->rollback();
    tell('kept', $db->query('SELECT * FROM course')->fetch_all());
}
$db->multi_query('SELECT 1; SELECT 2');
do {
    tell('several', $db->store_result()->fetch_all());
} while ($db->more_results() && $db->next_result());
$tables = implode(', ', array_map(fn ($name) => "precious $name", range('a', 'h')));
$bytes = 0;
foreach ($db->query("SELECT REPEAT('x', 80000) FROM $tables", MYSQLI_USE_RESULT) as $row) {
    $bytes += strlen(current($row));
}
tell('big', $bytes);
tell('long', strlen($db->query("SELECT REPEAT('x', 17000000)")->fetch_row()[0]));
$send = $db->prepare('UPDATE course SET v = ?');
$nothing = null;
$send->bind_param('b', $nothing);
$send->send_long_data(0, str_repeat('y', 500000));
$send->send_long_data(0, str_repeat('z', 500000));
$send->execute();
tell('sent', $db->query('SELECT LENGTH(v) FROM course')->fetch_all());
tell('error', error_of($db, fn () => $db->query('SELECT * FROM nowhere')));
$db->query('TRUNCATE course');
tell('emptied', $db->query('SELECT COUNT(*) FROM course')->fetch_all());
$db->query('DROP TABLE course');
$db->close();
