namespace WaitFor.Tests.Lint.Rules;

/// <summary>Names and namespaces: which Job a gate means, and which release a name means.</summary>
public sealed class NameTests
{
    private const string Job = "name: db-migrate-v42";
    private const string Target = "[job/db-migrate-v42, --record, db-migrations]";
    private const string Migration = "image: registry.example/shop-migrate:v42";
    private const string Service = "image: registry.example/shop:v42";
    private const string JobAnnotation = "{a: job}";

    public static TheoryData<string, string[]> Rows()
    {
        var rows = new Changes();
        rows.Row("");
        // gate-without-job
        rows.Row("error gate-without-job", Target, "[job/db-migarte-v42, --record, db-migrations]");
        rows.Row("error gate-without-job", Target, "[job/other, --record, db-migrations]");
        rows.Row("error gate-without-job", Target, "['job:app=shop']");
        rows.Row("error gate-without-job, error job-vanishes", Target, "[job/db-migrate-v42, job/seed]");
        // What is known only in the cluster.
        rows.Row("", Target, "['job/$(NAME)', --record, db-migrations]", "  resources: {limits: {memory: 64Mi }}",
            "  env: [{name: NAME, valueFrom: {secretKeyRef: {name: x, key: y}}}]\n          resources: {limits: {memory: 64Mi }}");
        // In another namespace there may be more Jobs than are known here.
        rows.Row("notice gate-without-job", Target, "[job/seed-v42, -n, other, --record, db-migrations]");
        // job-without-gate
        rows.Row("notice job-without-gate", Target, "[service/redis]");
        rows.Row(
            "",
            Target,
            "[service/redis]",
            JobAnnotation,
            "{helm.sh/hook: 'pre-install,pre-upgrade', helm.sh/hook-weight: '5'}",
            "kind: ConfigMap\nmetadata: {name: shop-config, namespace: shop}",
            "kind: ConfigMap\nmetadata: {name: shop-config, namespace: shop, annotations: {helm.sh/hook: 'pre-install,pre-upgrade'}}"
        );
        rows.Row("", Target, "[service/redis]", JobAnnotation, "{argocd.argoproj.io/sync-wave: '-1'}");
        rows.Row("", Target, "[service/redis]", "kind: Deployment", "kind: Widget");
        rows.Row(
            "",
            "image: registry.example/wait-for:0.2.0\n          args: " + Target,
            "image: registry.example/migrate:0.2.0\n          args: [wait, --release, v42]"
        );
        // namespace-mismatch
        rows.Row("error namespace-mismatch", Job + "\n  namespace: shop", Job + "\n  namespace: database");
        rows.Row("error namespace-mismatch", Target, "[job/db-migrate-v42, -n, other, --record, db-migrations]");
        rows.Row("", Job + "\n  namespace: shop", Job);
        // unversioned-name
        rows.Row("error unversioned-name", Job, "name: db-migrate", Target, "[job/db-migrate, --record, db-migrations]");
        rows.Row("error unversioned-name", Job, "name: k8s-migrate", Target, "[job/k8s-migrate, --record, db-migrations]");
        rows.Row(
            "",
            Job,
            "name: db-migrate-blue",
            Target,
            "[job/db-migrate-blue, --record, db-migrations]",
            Migration,
            "image: registry.example/shop-migrate:blue"
        );
        rows.Row("", Job, "name: db-migrate-7", Target, "[job/db-migrate-7, --record, db-migrations]");
        rows.Row(
            "error unversioned-name",
            Job,
            "name: db-migrate",
            Target,
            "[job/db-migrate, --record, db-migrations]",
            JobAnnotation,
            "{kustomize.toolkit.fluxcd.io/force: enabled}"
        );
        rows.Row(
            "error job-vanishes",
            Job,
            "name: db-migrate",
            Target,
            "[job/db-migrate, --expect-label, release=v42]",
            JobAnnotation,
            "{kustomize.toolkit.fluxcd.io/force: enabled}"
        );
        rows.Row(
            "error unversioned-name",
            Job,
            "name: db-migrate",
            Target,
            "[job/db-migrate, --expect-label, release=v42]",
            "  ttlSecondsAfterFinished: 86400\n",
            "  ttlSecondsAfterFinished:\n",
            JobAnnotation,
            "{helm.sh/hook-delete-policy: x}"
        );
        rows.Row(
            "",
            Job,
            "name: db-migrate",
            Target,
            "[job/db-migrate, --expect-image, 'registry.example/shop-migrate:v42']",
            "  ttlSecondsAfterFinished: 86400\n",
            "",
            JobAnnotation,
            "{argocd.argoproj.io/sync-options: 'Replace=true,Force=true'}"
        );
        rows.Row(
            "",
            Job,
            "name: db-migrate",
            Target,
            "[job/db-migrate, --expect-image, 'registry.example/shop-migrate:v42']",
            "  ttlSecondsAfterFinished: 86400\n",
            "",
            JobAnnotation,
            "{argocd.argoproj.io/hook: Sync, argocd.argoproj.io/hook-delete-policy: BeforeHookCreation}"
        );
        rows.Row("", Job, "generateName: db-migrate-", Target, "[pod/db-0]");
        // version-mismatch
        rows.Row("error version-mismatch", Target, "[job/db-migrate-v41, --record, db-migrations]");
        rows.Row("error version-mismatch", Target, "[job/db-migrate, --record, db-migrations]");
        rows.Row(
            "error version-mismatch",
            Migration,
            "image: registry.example/shop-migrate:v41",
            Service,
            "image: registry.example/shop:v41"
        );
        rows.Row("error version-mismatch", Service, "image: registry.example/shop:v41");
        rows.Row("error version-mismatch", Service, "image: registry.example/shop-migrate:v40");
        rows.Row("error version-mismatch", Service, "image: registry.example/shop:v4");
        rows.Row("error version-mismatch", Job, "name: db-migrate-v421", Target, "[job/db-migrate-v421, --record, db-migrations]");
        rows.Row(
            "error version-mismatch",
            Job,
            "name: db-migrate-1.4.2",
            Target,
            "[job/db-migrate-1.4.2, --record, db-migrations]",
            Migration,
            "image: registry.example/shop-migrate:1.4.2",
            Service,
            "image: registry.example/shop:1.4.1"
        );
        rows.Row(
            "error version-mismatch",
            Job,
            "name: db-migrate-7f9c2ab",
            Target,
            "[job/db-migrate-7f9c2ab, --record, db-migrations]",
            Migration,
            "image: registry.example/shop:7f9c2ab",
            Service,
            "image: registry.example/shop:1c3d5e7"
        );
        rows.Row(
            "error version-mismatch",
            Job,
            "name: db-migrate-7",
            Target,
            "[job/db-migrate-7, --record, db-migrations]",
            Migration,
            "image: registry.example/shop:1201",
            Service,
            "image: registry.example/shop:1202"
        );
        rows.Row(
            "error version-mismatch",
            Target,
            "[job/db-migrate-v42, --expect-image, 'registry.example/shop-migrate:v41']",
            "  ttlSecondsAfterFinished: 86400\n",
            "  ttlSecondsAfterFinished:\n",
            JobAnnotation,
            "{helm.sh/hook-delete-policy: x}"
        );
        // Versioned apart, or written in another way.
        rows.Row("", Service, "image: registry.example/web:3.1.0");
        rows.Row("", Migration, "image: flyway/flyway:10.4.1");
        rows.Row("", Migration, "image: registry.example/shop-api:v42", Service, "image: registry.example/shop-worker:v41");
        rows.Row("", Service, "image: registry.example/shop:42");
        rows.Row("", Service, "image: registry.example/shop:2024.11.3");
        rows.Row("", Migration, "image: registry.example/shop:v42-migrate");
        rows.Row(
            "",
            Job,
            "name: db-migrate-3",
            Target,
            "[job/db-migrate-3, --record, db-migrations]",
            Migration,
            "image: registry.example/shop-migrate:1.4.2",
            Service,
            "image: registry.example/shop:1.4.2"
        );
        rows.Row(
            "",
            Job,
            "name: db-migrate-1-4-2",
            Target,
            "[job/db-migrate-1-4-2, --record, db-migrations]",
            Migration,
            "image: registry.example/shop-migrate:1.4.2",
            Service,
            "image: registry.example/shop:1.4.2"
        );
        rows.Row(
            "",
            Job,
            "name: db-migrate-7f9c2ab",
            Target,
            "[job/db-migrate-7f9c2ab, --record, db-migrations]",
            Migration,
            "image: registry.example/shop:7f9c2ab01d3e",
            Service,
            "image: registry.example/shop:7f9c2ab01d3e"
        );
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Found(string expected, string[] changes) => Changes.Check(expected, changes);

    [Fact]
    public void A_near_name_is_shown()
    {
        var finding = Judged
            .Of(GoodPattern.With(Target, "[job/db-migarte-v42, --record, db-migrations]"))
            .Single(one => one.Rule == "gate-without-job");

        Assert.Equal("container gate waits for Job db-migarte-v42, which is not in these manifests", finding.Message);
        Assert.Equal("write job/db-migrate-v42 if that is what is meant; the names must be equal", finding.Fix);
        Assert.Equal((44, 17), (finding.Line, finding.Column));
    }

    [Fact]
    public void Without_any_other_Job_a_missing_one_is_a_notice()
    {
        var text = GoodPattern.Text;
        var deployment = text[text.IndexOf("apiVersion: apps/v1", StringComparison.Ordinal)..];

        Assert.Equal(["notice gate-without-job deployment/shop"], Judged.Lines(deployment));
    }
}
