namespace WaitFor.Tests.Lint.Rules;

/// <summary>Hooks of Helm and Argo CD, and waves: what is created when.</summary>
public sealed class OrderTests
{
    private const string JobAnnotation = "{a: job}";
    private const string ServiceAnnotation = "{a: shop}";
    private const string Config = "metadata: {name: shop-config, namespace: shop}";

    public static TheoryData<string, string[]> Rows()
    {
        var rows = new Changes();
        // hook-deadlock
        rows.Row("error hook-deadlock", JobAnnotation, "{helm.sh/hook: post-install}");
        rows.Row("error hook-deadlock", JobAnnotation, "{helm.sh/hook: 'pre-upgrade, post-upgrade'}");
        rows.Row("error hook-deadlock", JobAnnotation, "{argocd.argoproj.io/hook: PostSync}");
        rows.Row("error hook-deadlock", ServiceAnnotation, "{argocd.argoproj.io/hook: PreSync}");
        rows.Row("", JobAnnotation, "{argocd.argoproj.io/hook: Sync}");
        rows.Row("", JobAnnotation, "{helm.sh/hook: post-install}", ServiceAnnotation, "{helm.sh/hook: test}");
        // A later hook may wait for an earlier one.
        rows.Row(
            "",
            JobAnnotation,
            "{helm.sh/hook: post-install, helm.sh/hook-weight: '1'}",
            "apiVersion: apps/v1\nkind: Deployment",
            "apiVersion: batch/v1\nkind: Job",
            ServiceAnnotation,
            "{helm.sh/hook: post-install, helm.sh/hook-weight: '2'}"
        );
        rows.Row(
            "error hook-deadlock",
            JobAnnotation,
            "{helm.sh/hook: post-install, helm.sh/hook-weight: '2'}",
            "apiVersion: apps/v1\nkind: Deployment",
            "apiVersion: batch/v1\nkind: Job",
            ServiceAnnotation,
            "{helm.sh/hook: post-install, helm.sh/hook-weight: '1'}"
        );
        rows.Row(
            "error hook-deadlock",
            "apiVersion: apps/v1\nkind: Deployment",
            "apiVersion: batch/v1\nkind: Job",
            ServiceAnnotation,
            "{helm.sh/hook: pre-install}"
        );
        // hook-needs-non-hook
        rows.Row("error hook-needs-non-hook", JobAnnotation, "{helm.sh/hook: 'pre-install,pre-upgrade'}");
        rows.Row("error hook-needs-non-hook", JobAnnotation, "{argocd.argoproj.io/hook: PreSync}");
        rows.Row(
            "error hook-needs-non-hook",
            JobAnnotation,
            "{helm.sh/hook: pre-install, helm.sh/hook-weight: '-5'}",
            Config,
            "metadata: {name: shop-config, namespace: shop, annotations: {helm.sh/hook: pre-install}}"
        );
        rows.Row(
            "error hook-needs-non-hook",
            JobAnnotation,
            "{helm.sh/hook: pre-install}",
            Config,
            "metadata: {name: shop-config, namespace: shop, annotations: {helm.sh/hook: post-install}}"
        );
        rows.Row(
            "",
            JobAnnotation,
            "{helm.sh/hook: pre-install}",
            Config,
            "metadata: {name: shop-config, namespace: shop, annotations: {helm.sh/hook: pre-install}}"
        );
        rows.Row(
            "",
            JobAnnotation,
            "{argocd.argoproj.io/hook: PreSync}",
            Config,
            "metadata: {name: shop-config, namespace: shop, annotations: {argocd.argoproj.io/hook: PreSync, "
                + "argocd.argoproj.io/sync-wave: '-1'}}"
        );
        rows.Row("", JobAnnotation, "{helm.sh/hook: pre-upgrade}");
        rows.Row(
            "",
            JobAnnotation,
            "{helm.sh/hook: pre-install}",
            "[{configMapRef: {name: shop-config}}",
            "[{configMapRef: {name: shop-config, optional: true}}"
        );
        rows.Row(
            "error hook-needs-non-hook",
            JobAnnotation,
            "{helm.sh/hook: pre-install}",
            Config,
            "metadata: {name: shop-config, namespace: shop, annotations: {helm.sh/hook: pre-install}}",
            "restartPolicy: Never",
            "restartPolicy: Never\n      serviceAccountName: migrator",
            "---\napiVersion: apps/v1",
            "---\n{apiVersion: v1, kind: ServiceAccount, metadata: {name: migrator, namespace: shop}}\n---\napiVersion: apps/v1"
        );
        // wrong-order
        rows.Row(
            "warning wrong-order",
            JobAnnotation,
            "{argocd.argoproj.io/sync-wave: '2'}",
            ServiceAnnotation,
            "{argocd.argoproj.io/sync-wave: '1'}"
        );
        rows.Row("warning wrong-order", JobAnnotation, "{argocd.argoproj.io/sync-wave: '1'}");
        rows.Row(
            "warning wrong-order",
            JobAnnotation,
            "{argocd.argoproj.io/sync-wave: '1'}",
            ServiceAnnotation,
            "{argocd.argoproj.io/sync-wave: '1'}"
        );
        rows.Row("warning wrong-order", ServiceAnnotation, "{argocd.argoproj.io/sync-wave: '-1'}");
        rows.Row("", ServiceAnnotation, "{argocd.argoproj.io/sync-wave: '1'}");
        rows.Row("", JobAnnotation, "{argocd.argoproj.io/sync-wave: '-1'}");
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Found(string expected, string[] changes) => Changes.Check(expected, changes);
}
