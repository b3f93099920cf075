"""Which cells of a sheet differ from its export, by an engine: peers.py ENGINE BASE SHEET. With --there only whether it is installed."""
import sys

engine, base, sheet = sys.argv[1:4]
if engine == "duckdb":
    import duckdb
else:
    import polars
if "--there" in sys.argv:
    sys.exit()
if engine == "duckdb":
    columns = lambda path: [row[0] for row in duckdb.sql(f"describe from read_csv('{path}', all_varchar = true)").fetchall()]
    exported = columns(base)
    names = [name for name in columns(sheet) if name in exported]
    cells = " union all ".join(
        f"select id, '{name}' as name, a.\"{name}\" as old, b.\"{name}\" as new from a join b using (id)"
        f" where a.\"{name}\" is distinct from b.\"{name}\""
        for name in names
        if name != "id"
    )
    found = duckdb.sql(
        f"with a as materialized (from read_csv('{base}', all_varchar = true)),"
        f" b as materialized (from read_csv('{sheet}', all_varchar = true)) {cells}"
    ).fetchall()
else:
    scan = lambda path: polars.scan_csv(path, infer_schema=False)
    exported = scan(base).collect_schema().names()
    names = [name for name in scan(sheet).collect_schema().names() if name in exported and name != "id"]
    both = scan(base).join(scan(sheet), on="id", suffix="_new")
    parts = [
        both.filter(polars.col(name).ne_missing(polars.col(name + "_new"))).select(
            "id", polars.lit(name).alias("name"), polars.col(name).alias("old"), polars.col(name + "_new").alias("new")
        )
        for name in names
    ]
    found = polars.concat(parts).collect()
assert len(found) > 0
