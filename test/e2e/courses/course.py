# The same course as the other files here, for PyMySQL and mysqlclient: one JSON line a step.
# Arguments: driver, host, port, user, password, `course` or `refusal`.
import importlib
import json
import sys

driver, host, port, user, password, what = sys.argv[1:7]
module = importlib.import_module(driver)


def tell(step, value):
    print(json.dumps([step, value], default=str))


def error_of(act):
    try:
        act()
    except module.Error as error:
        return list(error.args)
    return None


connection = module.connect(
    host=host, port=int(port), user=user, password=password, database='shop', charset='utf8mb4'
)
connection.autocommit(True)
cursor = connection.cursor()


def rows(sql, values=None):
    cursor.execute(sql, values)
    return cursor.fetchall()


if what == 'refusal':
    tell('refused', error_of(lambda: cursor.execute('DROP TABLE precious')))
    tell('usable', rows('SELECT COUNT(*) FROM precious'))
    sys.exit(0)

tell('text', rows("SELECT 1 AS one, 'zw\u00f6lf' AS two, NULL AS nothing, 0.10 AS ten"))
tell('values', rows('SELECT id, v FROM precious WHERE id > %s', (1,)))
# Neither driver speaks the binary protocol: their prepared statements are the SQL ones.
cursor.execute("PREPARE one FROM 'SELECT id, v FROM precious WHERE id = ?'")
for wanted in (1, 2):
    cursor.execute('SET @wanted = %s', (wanted,))
    tell('prepared', rows('EXECUTE one USING @wanted'))
cursor.execute('DEALLOCATE PREPARE one')
cursor.execute('DROP TABLE IF EXISTS course')
cursor.execute('CREATE TABLE course (id INT PRIMARY KEY, v LONGTEXT) ENGINE=InnoDB')
for keep in (False, True):
    connection.begin() if hasattr(connection, 'begin') else cursor.execute('BEGIN')
    tell('inserted', cursor.execute('INSERT INTO course VALUES (%s, %s)', (1, "it's")))
    connection.commit() if keep else connection.rollback()
    tell('kept', rows('SELECT * FROM course'))
big = "SELECT REPEAT('x', 80000) FROM precious a, precious b, precious c, precious d"
big += ', precious e, precious f, precious g, precious h'
tell('big', sum(len(row[0]) for row in rows(big)))
tell('long', len(rows("SELECT REPEAT('x', 17000000)")[0][0]))
tell('sent', cursor.execute('UPDATE course SET v = %s', ('y' * 1000000,)))
tell('error', error_of(lambda: cursor.execute('SELECT * FROM nowhere')))
cursor.execute('TRUNCATE course')
tell('emptied', rows('SELECT COUNT(*) FROM course'))
cursor.execute('DROP TABLE course')
connection.close()
