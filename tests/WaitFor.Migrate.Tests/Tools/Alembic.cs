namespace WaitFor.Migrate.Tests.Tools;

/// <summary>Python, SQLAlchemy and psycopg2 (libpq); it takes no lock of its own. All pending migrations are one transaction.
/// <see href="https://alembic.sqlalchemy.org/en/latest/tutorial.html"/></summary>
internal sealed class Alembic : Tool
{
    /// <summary>Debian's.</summary>
    public const string Program = "/usr/bin/alembic";

    public override string Name => "alembic";

    public override string Applied => "SELECT version_num FROM alembic_version";

    public override string[] Command(Bed bed)
    {
        bed.Write("alembic.ini", $"[alembic]\nscript_location = {bed.Sql}\n");
        // SQLAlchemy does not know the short form of the scheme.
        bed.Write(
            "env.py",
            """
            import os
            from alembic import context
            from sqlalchemy import create_engine

            engine = create_engine(os.environ["DATABASE_URL"].replace("postgres://", "postgresql://", 1))
            with engine.connect() as connection:
                context.configure(connection=connection)
                with context.begin_transaction():
                    context.run_migrations()
            """
        );
        return [Program, "-c", Path.Combine(bed.Sql, "alembic.ini"), "upgrade", "head"];
    }

    public override void Write(Bed bed, int number, string sql) =>
        bed.Write(
            $"versions/{number}.py",
            $""""
            from alembic import op

            revision = "{number}"
            down_revision = {(number == 1 ? "None" : $"\"{number - 1}\"")}


            def upgrade():
                op.execute("""{sql}""")
            """"
        );
}
