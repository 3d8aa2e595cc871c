namespace WaitFor.Tests.Lint;

/// <summary>Which Jobs are migrations, and which gate waits for which.</summary>
public sealed class PairingTests
{
    [Theory]
    [InlineData("args: [job/a]", "a", "shop", "{}", true)]
    [InlineData("args: [job/a]", "b", "shop", "{}", false)]
    [InlineData("args: [job/a]", "a", "infra", "{}", false)]
    [InlineData("args: [job/a, -n, infra]", "a", "infra", "{}", true)]
    [InlineData("args: [job/a, -n, infra]", "a", "shop", "{}", false)]
    [InlineData("args: [infra/job/a]", "a", "infra", "{}", true)]
    // Where a manifest leaves the namespace out, whoever applies it says it.
    [InlineData("args: [job/a]", "a", null, "{}", true)]
    [InlineData("args: ['job:app=shop']", "x", "shop", "{app: shop}", true)]
    [InlineData("args: ['job:app=shop']", "x", "shop", "{app: other}", false)]
    [InlineData("args: ['job:app in (a, shop),!old']", "x", "shop", "{app: shop}", true)]
    [InlineData("args: ['job:app in (a, shop),!old']", "x", "shop", "{app: shop, old: 'y'}", false)]
    [InlineData("args: ['job:app notin (a, shop)']", "x", "shop", "{app: shop}", false)]
    [InlineData("args: ['job:app notin (a, shop)']", "x", "shop", "{}", true)]
    [InlineData("args: ['job:app!=shop']", "x", "shop", "{app: shop}", false)]
    [InlineData("args: ['job:v>3']", "x", "shop", "{v: '4'}", true)]
    [InlineData("args: ['job:v<3']", "x", "shop", "{v: '4'}", false)]
    [InlineData("args: ['job:app']", "x", "shop", "{app: ''}", true)]
    [InlineData("args: ['job:app==shop']", "x", "shop", "{app: shop}", true)]
    [InlineData("args: [job, -lapp=shop, -A]", "x", "infra", "{app: shop}", true)]
    [InlineData("args: [job, -n, shop]", "x", "shop", "{}", true)]
    // By the pods of the Job: its template's labels, and those of the Job controller.
    [InlineData("args: [pod, -lapp=shop-migrate]", "x", "shop", "{}", true)]
    [InlineData("args: [pod, -lapp=redis]", "x", "shop", "{}", false)]
    [InlineData("args: [pod, -lbatch.kubernetes.io/job-name=x]", "x", "shop", "{}", true)]
    [InlineData("args: [pod-wr, -l, 'job-name in (x)']", "x", "shop", "{}", true)]
    public void Gate_and_Job_are_paired(string arguments, string job, string? @namespace, string labels, bool expected)
    {
        var pattern = Manifests.Read(
            Manifests.Gate("image: r/wait-for\n" + arguments) + Manifests.Job(job, "image: r/x", @namespace, labels)
        );
        Assert.Equal(expected ? job : "", string.Concat(Assert.Single(pattern.Gates).Jobs.Select(one => one.Name)));
        Assert.Equal(expected ? "a gate waits for it" : "", string.Concat(pattern.Jobs.Select(one => one.Why)));
    }

    [Theory]
    [InlineData("image: r/migrate\nargs: [up, --release, v1]", "it runs migrate up")]
    [InlineData("image: r/migrate\nargs: [migrate]", "it runs migrate up")]
    [InlineData("image: r/x\ncommand: [/migrate, exec, --record, r, --, alembic, upgrade, head]", "it runs migrate exec, writes")]
    [InlineData("image: r/shop-migrate\nargs: [up, --record=r]", "it runs migrate up, writes")]
    [InlineData("image: r/shop-migrate\nargs: [up]\nenv: [{name: MIGRATE_RECORD, value: r}]", "it runs migrate up, writes")]
    [InlineData("image: migrate/migrate\nargs: [-path, /m, -database, $(DB), up]", "it runs migrate up")]
    [InlineData("image: flyway/flyway:10\nargs: [-url=x, migrate]", "it runs flyway migrate")]
    [InlineData("image: flyway/flyway:10\nargs: [info]", "")]
    [InlineData("image: r/x\ncommand: [sh, -c, 'cd /app && flyway -configFiles=x migrate']", "it runs flyway migrate")]
    [InlineData("image: liquibase/liquibase\nargs: [--changelog-file=x, update]", "it runs liquibase update")]
    [InlineData("image: r/x\ncommand: [npx, prisma, migrate, deploy]", "it runs prisma migrate deploy")]
    [InlineData("image: r/x\ncommand: [npx, --yes, prisma@6.1.0, migrate, deploy]", "it runs prisma migrate deploy")]
    [InlineData("image: r/x\ncommand: [node_modules/.bin/prisma, db, push]", "it runs prisma db push")]
    [InlineData("image: r/x\ncommand: [alembic, upgrade, head]", "it runs alembic upgrade")]
    [InlineData("image: r/x\ncommand: [alembic, history]", "")]
    [InlineData("image: r/x\ncommand: [bundle, exec, rails, 'db:migrate']", "it runs rails db:migrate")]
    [InlineData("image: r/x\ncommand: [bin/rake]\nargs: ['db:migrate']", "it runs rake db:migrate")]
    [InlineData("image: r/x\ncommand: [python, manage.py, migrate, --noinput]", "it runs manage.py migrate")]
    [InlineData("image: r/x\nargs: [python, /app/manage.py, migrate]", "it runs manage.py migrate")]
    [InlineData("image: r/x\ncommand: [npx, knex, 'migrate:latest']", "it runs knex migrate:latest")]
    [InlineData("image: r/x\ncommand: [npx, typeorm-ts-node-commonjs, 'migration:run']", "it runs typeorm-ts-node-commonjs migration:run")]
    [InlineData("image: r/x\ncommand: [goose, -dir, sql, postgres, $(DB), up]", "it runs goose up")]
    [InlineData("image: ghcr.io/amacneil/dbmate\nargs: [up]", "it runs dbmate up")]
    [InlineData("image: arigaio/atlas\nargs: [migrate, apply, --url, x]", "it runs atlas migrate apply")]
    [InlineData("image: r/x\ncommand: [node-pg-migrate, up]", "it runs node-pg-migrate up")]
    [InlineData("image: r/x\ncommand: [./efbundle, --connection, x]", "it runs efbundle")]
    [InlineData("image: r/x\ncommand: [dotnet, ef, database, update]", "it runs dotnet ef database update")]
    [InlineData("image: r/x\ncommand: [php, artisan, migrate, --force]", "it runs artisan migrate")]
    [InlineData("image: r/x\ncommand: [npm, run, 'db:migrate']", "it runs npm db:migrate")]
    [InlineData("image: r/x\ncommand: [./bin/shop, eval, Shop.Release.migrate]", "it runs Shop.Release.migrate")]
    [InlineData("image: r/x\ncommand: [/app/run-migrations.sh]", "it runs /app/run-migrations.sh")]
    [InlineData("image: r/x\ncommand: [dotnet, Shop.Migrations.dll]", "it runs Shop.Migrations.dll")]
    [InlineData("image: r/x\ncommand: [tini, --, sqlx, migrate, run]", "it runs sqlx migrate run")]
    [InlineData("image: r/x\ncommand: [sh, -c, 'timeout 60 tern migrate --config x']", "it runs tern migrate")]
    [InlineData("image: r/x\ncommand: [node, report.js]", "")]
    [InlineData("image: r/wait-for\nargs: [job/db-migrate]", "")]
    public void A_Job_that_runs_a_tool_for_migrations_is_one(string container, string expected)
    {
        var said = Manifests.Read(Manifests.Job("a", container)).Jobs.Select(job => job.Why + (job.WritesRecord ? ", writes" : ""));
        Assert.Equal(expected, string.Concat(said));
    }

    [Theory]
    [InlineData("{app.kubernetes.io/component: migration}", true)]
    [InlineData("{app.kubernetes.io/component: worker}", false)]
    public void A_Job_with_the_label_is_one(string labels, bool expected)
    {
        var pattern = Manifests.Read(Manifests.Job("a", "image: r/x", labels: labels));
        Assert.Equal(expected ? ["it has the label app.kubernetes.io/component: migration"] : [], pattern.Jobs.Select(job => job.Why));
    }

    [Fact]
    public void Hooks_and_generated_names_are_read_too()
    {
        var pattern = Manifests.Read(
            "apiVersion: batch/v1\nkind: Job\nmetadata:\n  generateName: migrate-\n  annotations: {helm.sh/hook: pre-install}\n"
                + "spec:\n  template:\n    spec:\n      containers: [{name: m, image: flyway/flyway, args: [migrate]}]\n"
        );
        Assert.Equal("migrate-", Assert.Single(pattern.Jobs).Name);
    }

    /// <summary>A Job does not wait for itself.</summary>
    [Fact]
    public void A_gate_in_a_Job_is_not_paired_with_that_Job()
    {
        var pattern = Manifests.Read(Manifests.Job("a", "image: r/wait-for\nargs: [job, -n, shop]"));
        Assert.Empty(Assert.Single(pattern.Gates).Jobs);
    }
}
