#!/bin/bash
# Run by the image once, on an empty data folder: the accounts for Interlock, replication and you.
set -euo pipefail
monitor=$(cat /run/secrets/monitor-password)
root=$(cat /run/secrets/root-password)
mariadb -u root -p"$root" <<SQL
SET SESSION sql_log_bin = 0;
CREATE USER interlock@'%' IDENTIFIED BY '$monitor';
GRANT PROCESS, REPLICA MONITOR, BINLOG MONITOR, REPLICATION MASTER ADMIN, CONNECTION ADMIN ON *.* TO interlock@'%';
CREATE USER replication@'%' IDENTIFIED BY '$root';
GRANT REPLICATION SLAVE ON *.* TO replication@'%';
CREATE USER dba@'%' IDENTIFIED BY '$root';
GRANT ALL PRIVILEGES ON *.* TO dba@'%';
SQL
