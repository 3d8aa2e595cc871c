namespace WaitFor.Tests.Lint.Rules;

/// <summary>Which database is meant, as whom, and secrets in plain text.</summary>
public sealed class ConfigurationTests
{
    private const string JobEnv = "[{name: A, value: job}]";
    private const string JobFrom = "[{configMapRef: {name: shop-config}}, {secretRef: {name: shop-db-migrator}}]";
    private const string ServiceEnv = "[{name: A, value: shop}]";
    private const string ServiceFrom = "[{configMapRef: {name: shop-config }}, {secretRef: {name: shop-db}}]";
    private const string Args = "args: [up, --record, db-migrations]";
    private const string Other = """
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: other-config, namespace: shop}
        data: {PGHOST: postgres, PGPORT: "5433", PGDATABASE: shop, DATABASE_HOST: x}
        ---
        apiVersion: apps/v1
        """;
    private const string Secrets = """
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: shop-db, namespace: shop}
        data: {PGUSER: c2hvcA==, PGPASSWORD: c2VjcmV0}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: shop-db-migrator, namespace: shop}
        stringData: {PGUSER: shop, PGPASSWORD: other}
        ---
        apiVersion: apps/v1
        """;

    public static TheoryData<string, string[]> Rows()
    {
        var rows = new Changes();
        // different-configuration
        rows.Row("error different-configuration", JobEnv, "[{name: PGHOST, value: postgres-old}]");
        rows.Row("error different-configuration", JobEnv, "[{name: PGDATABASE, value: shop_test}]");
        rows.Row("error different-configuration", ServiceFrom, "[{configMapRef: {name: other-config}}]", "---\napiVersion: apps/v1", Other);
        rows.Row("error different-configuration", JobFrom, "[]", JobEnv, "[{name: DATABASE_URL, value: 'postgres://postgres:5432/other'}]");
        rows.Row(
            "error different-configuration",
            Args,
            "args: [-url=jdbc:postgresql://postgres/other, migrate, --record, db-migrations]",
            JobFrom,
            "[{secretRef: {name: shop-db-migrator}}]"
        );
        rows.Row(
            "error different-configuration",
            JobFrom,
            "[]",
            ServiceFrom,
            "[]",
            JobEnv,
            "[{name: PGHOST, valueFrom: {secretKeyRef: {name: db, key: host}}}]",
            ServiceEnv,
            "[{name: PGHOST, valueFrom: {secretKeyRef: {name: db, key: read-host}}}]"
        );
        rows.Row(
            "notice different-configuration",
            JobFrom,
            "[]",
            ServiceFrom,
            "[]",
            JobEnv,
            "[{name: DATABASE_URL, valueFrom: {secretKeyRef: {name: db-migrator, key: url}}}]",
            ServiceEnv,
            "[{name: DATABASE_URL, valueFrom: {secretKeyRef: {name: db, key: url}}}]"
        );
        rows.Row("", JobEnv, "[{name: PGHOST, value: postgres.shop.svc.cluster.local}]");
        rows.Row("", JobFrom, "[]", JobEnv, "[{name: DATABASE_URL, value: 'postgres://postgres/shop'}]");
        rows.Row("", ServiceEnv, "[{name: PGHOST, value: pgbouncer}, {name: PGPORT, value: '6432'}]");
        rows.Row("", JobEnv, "[{name: PGHOST, valueFrom: {secretKeyRef: {name: db, key: host}}}]");
        rows.Row("", ServiceFrom, "[{configMapRef: {name: not-here}}]");
        rows.Row("", JobEnv, "[{name: DB, value: other}, {name: PGDATABASE, value: '$(UNKNOWN)'}]");
        // same-role
        rows.Row(
            "notice same-role",
            JobFrom,
            "[]",
            ServiceFrom,
            "[]",
            JobEnv,
            "[{name: PGUSER, valueFrom: {secretKeyRef: {name: db, key: user}}}]",
            ServiceEnv,
            "[{name: DB_USER, valueFrom: {secretKeyRef: {name: db, key: user}}}]"
        );
        rows.Row(
            "notice same-role",
            JobFrom,
            "[]",
            ServiceFrom,
            "[]",
            JobEnv,
            "[{name: DATABASE_URL, valueFrom: {secretKeyRef: {name: db, key: url}}}]",
            ServiceEnv,
            "[{name: DATABASE_URL, valueFrom: {secretKeyRef: {name: db, key: url}}}]"
        );
        rows.Row("notice same-role", JobFrom, "[{configMapRef: {name: shop-config}}, {secretRef: {name: shop-db}}]");
        rows.Row("notice same-role", "---\napiVersion: apps/v1", Secrets);
        rows.Row("", "---\napiVersion: apps/v1", Secrets.Replace("PGUSER: shop,", "PGUSER: owner,", StringComparison.Ordinal));
        // plain-password
        rows.Row("error plain-password", JobEnv, "[{name: PGPASSWORD, value: change-me}]");
        rows.Row("error plain-password", ServiceEnv, "[{name: REDIS_URL, value: 'redis://:change-me@redis:6379'}]");
        rows.Row(
            "error plain-password",
            ServiceEnv,
            "[{name: SPRING_DATASOURCE_URL, value: 'jdbc:postgresql://postgres/shop?user=a&password=change-me'}]"
        );
        rows.Row("error plain-password", ServiceEnv, "[{name: CONNECTION, value: 'Host=postgres;Username=shop;Password=change-me'}]");
        rows.Row("error plain-password", Args, "args: [-password=change-me, migrate, --record, db-migrations]");
        rows.Row("error plain-password", Args, "args: [migrate, --password, change-me, --record, db-migrations]");
        rows.Row("error plain-password", Args, "command: [sh, -c, 'PGPASSWORD=change-me migrate up --record db-migrations']");
        rows.Row("error plain-password", "PGDATABASE: shop}", "PGDATABASE: shop, DATABASE_PASSWORD: change-me}");
        rows.Row(
            "error plain-password",
            "PGDATABASE: shop}",
            "PGDATABASE: shop, flyway.conf: \"flyway.user=a\\nflyway.password=change-me\"}"
        );
        rows.Row("error plain-password", Args, "args: [up, --record, db-migrations, --url, 'postgres://shop:change-me@postgres/shop']");
        rows.Row(
            "error plain-password",
            "PGDATABASE: shop}",
            "PGDATABASE: shop, app.yaml: \"database:\\n  user: a\\n  password: change-me\\n\"}"
        );
        rows.Row(
            "error plain-password",
            "PGDATABASE: shop}",
            "PGDATABASE: shop, app.json: \"{\\n \\\"password\\\": \\\"change-me\\\"\\n}\"}"
        );
        rows.Row("", "PGDATABASE: shop}", "PGDATABASE: shop, V1.sql: \"UPDATE users\\nSET password = 'x'\\nWHERE password='y'\"}");
        rows.Row("", "PGDATABASE: shop}", "PGDATABASE: shop, app.yaml: \"database:\\n  password: ${PASSWORD}\\n  token:\\n  a: b\\n\"}");
        rows.Row(
            "",
            JobEnv,
            "[{name: PGPASSWORD, value: ''}, {name: ALLOW_EMPTY_PASSWORD, value: 'yes'}, {name: PGPASSWORD_FILE, value: /secrets/x}]"
        );
        rows.Row("", JobEnv, "[{name: P, valueFrom: {secretKeyRef: {name: a, key: b}}}, {name: PGPASSWORD, value: $(P)}]");
        rows.Row("", Args, "command: [sh, -c, 'PGPASSWORD=$P migrate up --record db-migrations']");
        rows.Row("", Args, "args: [-password=$(P), migrate, --record, db-migrations]");
        rows.Row("", JobEnv, "[{name: PGPASSWORD, value: 'vault:secret/data/shop#password'}, {name: TOKEN_PATH, value: x}]");
        rows.Row(
            "",
            ServiceEnv,
            "[{name: REDIS_URL, value: 'redis://redis:6379'}, {name: FORGOT_PASSWORD_URL, value: "
                + "'https://shop.example/forgot?password=1'}]"
        );
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Found(string expected, string[] changes) => Changes.Check(expected, changes);

    [Fact]
    public void A_secret_is_never_repeated()
    {
        foreach (var row in Rows())
        {
            Assert.All(Judged.Of(GoodPattern.With((string[])row[1])), finding =>
                Assert.DoesNotContain("change-me", finding.Message + finding.Fix + finding.Subject, StringComparison.Ordinal)
            );
        }
    }
}
