#!/bin/sh
# Run once by the image of PostgreSQL: a role that owns the database and is nothing else, so that row-level security
# holds it.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$DATABASE_PASSWORD" <<'SQL'
CREATE ROLE perron LOGIN PASSWORD :'password';
CREATE DATABASE perron OWNER perron ENCODING 'UTF8' TEMPLATE template0;
SQL
