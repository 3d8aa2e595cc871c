namespace WaitFor.Tests.Lint.Rules;

/// <summary>The Job's settings, time limits, and migrations outside of Jobs.</summary>
public sealed class JobSettingTests
{
    private const string Target = "[job/db-migrate-v42, --record, db-migrations]";
    private const string JobAnnotation = "{a: job}";
    private const string Image = "image: registry.example/wait-for:0.2.0\n          args: " + Target;
    private const string Container = "          env: [{name: A, value: shop}]\n";
    private const string Autoscaler = """
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: shop, namespace: shop}
        spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}, minReplicas: 1, maxReplicas: 5}
        ---
        apiVersion: apps/v1
        """;
    private const string Scaled = """
        ---
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: shop, namespace: shop}
        spec: {scaleTargetRef: {name: shop}, triggers: []}
        ---
        apiVersion: apps/v1
        """;

    public static TheoryData<string, string[]> Rows()
    {
        var rows = new Changes();
        // job-vanishes
        rows.Row("error job-vanishes", Target, "[job/db-migrate-v42]");
        rows.Row("error job-vanishes", "[up, --record, db-migrations]", "[up]");
        rows.Row(
            "error job-vanishes",
            Target,
            "[job/db-migrate-v42]",
            "  ttlSecondsAfterFinished: 86400\n",
            "",
            JobAnnotation,
            "{helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: 'before-hook-creation,hook-succeeded'}"
        );
        rows.Row(
            "error job-vanishes",
            Target,
            "[job/db-migrate-v42]",
            "  ttlSecondsAfterFinished: 86400\n",
            "",
            JobAnnotation,
            "{argocd.argoproj.io/hook: Sync, argocd.argoproj.io/hook-delete-policy: HookSucceeded}"
        );
        rows.Row(
            "error job-vanishes",
            Image,
            "image: bitnami/kubectl:1.31.2\n          command: [kubectl, wait, --for=condition=complete, job/db-migrate-v42, "
                + "--timeout=20m]"
        );
        rows.Row("", "[up, --record, db-migrations]", "[up]", Target, "[job/db-migrate-v42, --record, db-migrations, --record-write]");
        rows.Row("", Target, "[job/db-migrate-v42, --on-missing, pass]");
        rows.Row("", Image, "image: registry.example/migrate:0.2.0\n          args: [wait, --release, v42]");
        // never-cleaned
        rows.Row("warning never-cleaned", "  ttlSecondsAfterFinished: 86400\n", "");
        rows.Row("warning never-cleaned", "  ttlSecondsAfterFinished: 86400\n", "  ttlSecondsAfterFinished: null\n");
        rows.Row(
            "",
            "  ttlSecondsAfterFinished: 86400\n",
            "",
            JobAnnotation,
            "{helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: before-hook-creation}"
        );
        // retries
        rows.Row("warning retries", "  backoffLimit: 0\n", "");
        rows.Row("warning retries", "backoffLimit: 0", "backoffLimit: 3");
        rows.Row("warning retries", "restartPolicy: Never", "restartPolicy: OnFailure");
        // no-deadline
        rows.Row("warning no-deadline", "  activeDeadlineSeconds: 3600\n", "");
        rows.Row(
            "",
            "  activeDeadlineSeconds: 3600\n",
            "",
            "restartPolicy: Never",
            "restartPolicy: Never\n      activeDeadlineSeconds: 3600"
        );
        // parallel
        rows.Row("error parallel", "backoffLimit: 0", "backoffLimit: 0\n  completions: 2");
        rows.Row("error parallel", "backoffLimit: 0", "backoffLimit: 0\n  parallelism: 2");
        rows.Row("error parallel", "backoffLimit: 0", "backoffLimit: 0\n  completionMode: Indexed");
        rows.Row("", "backoffLimit: 0", "backoffLimit: 0\n  completionMode: NonIndexed\n  completions: 1\n  parallelism: 1");
        // migration-in-replicas
        rows.Row("error migration-in-replicas", Container, "          command: [sh, -c, 'alembic upgrade head && exec gunicorn shop']\n");
        rows.Row(
            "notice migration-in-replicas",
            Container,
            "          command: [sh, -c, 'npx prisma migrate deploy; node server.js']\n",
            "replicas: 3",
            "replicas: 1"
        );
        rows.Row(
            "error migration-in-replicas",
            Container,
            "          args: [bundle, exec, rails, 'db:migrate']\n",
            "  replicas: 3\n",
            "",
            "---\napiVersion: apps/v1",
            Autoscaler
        );
        rows.Row(
            "error migration-in-replicas",
            Container,
            "          args: [flyway, migrate]\n",
            "replicas: 3",
            "replicas: 1",
            "---\napiVersion: apps/v1",
            Scaled
        );
        rows.Row(
            "error migration-in-replicas",
            Container,
            "          args: [migrate, up]\n",
            "kind: Deployment",
            "kind: DaemonSet",
            "  replicas: 3\n  progressDeadlineSeconds: 4200\n",
            ""
        );
        rows.Row("", Container, "          args: [flyway, info]\n");
        // short-timeout
        rows.Row("warning short-timeout", Target, "[job/db-migrate-v42, --record, db-migrations, --timeout, 90s]");
        rows.Row(
            "error job-vanishes, warning short-timeout",
            Image,
            "image: bitnami/kubectl:1.31.2\n          command: [kubectl, wait, --for=condition=complete, job/db-migrate-v42]"
        );
        rows.Row("warning short-timeout", "  progressDeadlineSeconds: 4200\n", "");
        rows.Row("warning short-timeout", "progressDeadlineSeconds: 4200", "progressDeadlineSeconds: 3599");
        rows.Row("warning short-timeout", Target, "[job/db-migrate-v42, --record, db-migrations, --timeout, 2h]");
        rows.Row("", Target, "[job/db-migrate-v42, --record, db-migrations, --timeout, '0']");
        rows.Row("", "  progressDeadlineSeconds: 4200\n", "", "activeDeadlineSeconds: 3600", "activeDeadlineSeconds: 600");
        rows.Row("", "  progressDeadlineSeconds: 4200\n", "", JobAnnotation, "{helm.sh/hook: pre-upgrade}");
        rows.Row(
            "error job-vanishes",
            Image,
            "image: bitnami/kubectl:1.31.2\n          command: [sh, -c, 'until kubectl wait --for=condition=complete "
                + "job/db-migrate-v42; do sleep 5; done']"
        );
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Found(string expected, string[] changes) => Changes.Check(expected, changes);
}
