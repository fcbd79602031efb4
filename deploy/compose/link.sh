#!/bin/bash
# Lets each server of the pair follow the other, once both are there.
set -euo pipefail
root=$(cat /run/secrets/root-password)
follow() {
  mariadb -h "$1" -u root -p"$root" -e "
    CHANGE MASTER TO MASTER_HOST='$2', MASTER_USER='replication', MASTER_PASSWORD='$root',
      MASTER_USE_GTID=slave_pos;
    START SLAVE"
}
followed() {
  mariadb -h "$1" -u root -p"$root" -N -e 'SHOW SLAVE STATUS' | grep -q .
}
followed db1 || follow db1 db2
followed db2 || follow db2 db1
