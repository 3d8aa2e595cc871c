namespace WaitFor.CommandLine;

/// <summary>The text of <c>--help</c>.</summary>
internal static class HelpText
{
    /// <summary>The text for a topic; the whole one where there is no such topic.</summary>
    public static string Of(string? topic) =>
        topic switch
        {
            "kinds" => Kinds,
            "for" => For,
            _ => Text,
        };

    /// <summary>The text of <c>lint --help</c>.</summary>
    public const string Lint = """
        Checks manifests before they are deployed: migration Jobs, the gates that wait for them, what both need. Contacts nothing.

        Usage:
          wait-for lint -f FILE|FOLDER|- [options]
          wait-for lint --explain RULE

        Examples:
          wait-for lint -f k8s
          kustomize build overlays/prod | wait-for lint -f -
          helm template shop ./chart | wait-for lint -f - --strict

        Templates are refused: render them first. A gate is an init container (or a container of a Job or Pod) that runs wait-for,
        k8s-wait-for, kubectl wait for a Job, or migrate wait. A migration Job is one that a gate waits for, that runs a tool for
        migrations, or that has the label app.kubernetes.io/component: migration.

        Options:
          -f, --filename FILE       Manifests: a file, a folder, or - for the standard input (repeatable)
          -R, --recursive           Folders below a folder too
          -o, --output FORMAT       text, json, github (lines for GitHub Actions) or sarif (default text)
              --report FILE         Write that format to a file, and text to stdout
              --allow RULE          Leave out what this rule finds (repeatable)
              --strict              Warnings fail too
              --explain RULE        Why the rule is one, with a bad and a good manifest
          -h, --help                This text

        Exit codes:
          0    no error          1    errors found (with --strict warnings too)
          2    wrong usage, or something is no YAML
          70   an error in wait-for itself
        """;

    private const string Kinds = """
        What a target means, kind by kind. In every kind: missing, being deleted, or not yet seen by its controller is not met.

          job, pod, service          See --help.
          deployment (deploy)        All replicas updated and available, no old one left. Failed past its progress deadline.
          statefulset (sts)          All replicas ready and at the newest revision; with a partition those above it.
          daemonset (ds)             All wanted pods updated and available.
          replicaset (rs), replicationcontroller (rc)
                                     All replicas ready.
          persistentvolumeclaim (pvc)
                                     Bound. Failed when Lost.
          namespace (ns)             Active.
          node (no)                  Ready.
          customresourcedefinition (crd)
                                     Established. Failed when its names are taken.
          apiservice                 Available.
          configmap (cm), secret, serviceaccount (sa), role, clusterrole and others without a status
                                     It is there.
          any other kind             Its condition Ready; Failed when Stalled. Without that condition never met: use --for.

        A kind that is not in this list is asked of the server; give its group where two groups have it
        (certificates.cert-manager.io/shop), or where it may come later: then the gate waits for it.
        KIND --all, KIND -l SELECTOR and KIND -n NAMESPACE mean all of them; KIND,KIND several kinds.
        """;

    private const string For = """
        --for says what is waited for, in place of the meaning of the kind; several must all hold.

          --for=condition=NAME[=VALUE]            A condition, by default True; case does not matter.
          --for=jsonpath='{.status.phase}'=Ready  All results are this value.
          --for=jsonpath='{.status.ready}'        There is a result that is not empty.
          --for=delete                            The objects that are there at first are gone, or none is there.
          --for=create                            The object is there.

        jsonpath is kubectl's dialect: .a.b  ['a']  \.  [0]  [-1]  [*]  [?(@.type=="Ready")]  ..
        The gate ends at once where it can no longer come: a Job that Failed for condition=complete, a Deployment past its
        deadline for condition=available. An object whose controller has not seen its newest spec yet, or that is being
        deleted, never counts.
        """;

    public const string Text = """
        Waits until Kubernetes objects are where they should be (Jobs, pods, services, rollouts, any kind), and says why not.

        Usage:
          wait-for TARGET... [options]
          wait-for VERB NAME... [options]           (as k8s-wait-for)
          wait-for VERB -l SELECTOR [options]
          wait-for -f FILE|FOLDER|- [options]       (all objects of manifests)
          wait-for wait|rollout status ...          (the arguments of kubectl's own commands, as they stand)
          wait-for rbac TARGET... [options]         (prints the smallest Role and RoleBinding for that wait)
          wait-for lint -f FILE|FOLDER|- [options]  (checks Jobs and gates in manifests; see wait-for lint --help)

        A TARGET is [NAMESPACE/]KIND/NAME or [NAMESPACE/]KIND:SELECTOR. KIND (and VERB) is one of
          job       Met when Complete. Ends at once when Failed. Not started or suspended is not done.
          job-we    A failed end is fine too.
          job-wr    A failed end is fine if at least one pod of the Job succeeded.
          pod       Met when all are Ready or Succeeded. Ends when one failed that nothing replaces.
          pod-we    Failed pods are fine too.
          pod-wr    Met as soon as one is Ready or Succeeded, whatever the others are.
          service   Met when it has ready endpoints and no unready one.
          deployment, statefulset, daemonset
                    Met when the newest rollout is complete.
        or any other kind (see --help kinds), in a form as kubectl takes it (jobs.batch, po, svc, deploy).
        --for says what else is waited for (see --help for).

        Examples:
          # An init container that waits for this release's migration
          wait-for job/db-migrate-v42

          # Several targets at once, in two namespaces; the gate opens when all are met
          wait-for job/db-migrate-v42 infra/service/redis deployment/web --timeout 5m

          # What was just applied, and a custom resource by its condition
          kubectl apply -f deploy && wait-for -f deploy
          wait-for certificates.cert-manager.io/shop --for=condition=Ready

          # At least two ready pods (a StatefulSet starts them one by one: "all" may be one of one)
          wait-for pod:app=db --min-ready 2

          # A Job whose name does not change: do not take the last release's for this one's
          wait-for job/db-migrate --expect-image registry.example/shop-migrate:v42

          # The rights that a wait needs, for a service account
          wait-for rbac job/db-migrate-v42 -n shop --service-account shop | kubectl apply -f -

          # As with k8s-wait-for
          wait-for pod-wr -l"app in (db,cache)" -n shop

        Options:
          -n, --namespace NAME      Namespace of targets that name none (default: the pod's, or the context's)
          -A, --all-namespaces      Selectors span all namespaces (needs a ClusterRole)
          -l, --selector SELECTOR   Label selector, with one KIND
              --field-selector SELECTOR
                                    Field selector, with one KIND
              --all                 All objects of one KIND
          -f, --filename FILE       Wait for the objects of a manifest, a folder of them, or - (standard input)
          -R, --recursive           With --filename: folders below a folder too
              --timeout DURATION    Longest time to wait, such as 90s or 1h30m; 0 for no limit (default 10m)
              --for WHAT            In place of the kind's own meaning: condition=NAME[=VALUE], jsonpath=EXPRESSION[=VALUE],
                                    delete or create (repeatable; all must hold)
              --revision N          A Deployment at this revision of its rollout
              --fail-fast           End with 1 as soon as a pod of the target cannot start for good (image, config, crash)
              --on-missing WHAT     What a missing target means: wait, fail (exit code 4), or pass (opens; Jobs only)
                                    (default wait)
              --expect-label K=V    An object without this label is stale and never counts (repeatable)
              --expect-image IMAGE  An object without this image is stale and never counts (repeatable; one must match)
              --record NAME         ConfigMap with completion records: a Job that is not there counts as complete when
                                    its name is a key there (Jobs by name)
              --record-write        Write that key when the Job is seen Complete (for Jobs that do not run migrate)
              --min-ready N         At least N ready in place of all: pods by selector, services
              --stable-for DURATION Ready only after it was ready for that long without a break (default 0)
              --poll-interval DURATION
                                    Pause between polls where the Role allows no watch, 1s or more (default 5s)
              --kubeconfig FILE     Kubeconfig to use (default: $KUBECONFIG, in the cluster, ~/.kube/config)
              --context NAME        Context of the kubeconfig (default: the current one)
              --cluster, --user, -s, --server, --token, --certificate-authority, --insecure-skip-tls-verify,
              --tls-server-name, --as, --as-group, --as-uid, --request-timeout
                                    Which server is asked, and as whom, as with kubectl
              --service-account NAME
                                    With rbac: whom the rights are for, NAME (in the namespace -n) or NAMESPACE/NAME
                                    (default: default)
              --report              With rbac: also what a full report reads (pods, logs, events, neighbours)
          -o, --output FORMAT       text, or json: one JSON document on stdout at the end, logs on stderr as JSON lines
                                    (default text)
              --termination-log FILE
                                    Where the reason is left for kubectl describe; empty for nowhere
                                    (default /dev/termination-log where it exists)
          -v, --verbose             Requests and watch events too, without secrets
          -h, --help                This text
              --version             The version

        Options have environment variables, such as WAIT_FOR_ON_MISSING for --on-missing; the command line wins.
        Of k8s-wait-for's variables, TREAT_ERRORS_AS_READY (1: -we, 2: -wr) and DEBUG mean what they did.

        Exit codes:
          0    all targets are met          4      missing, with --on-missing=fail
          1    a target failed for good     124    timed out
          2    wrong usage                  128+n  ended by signal n (SIGTERM 143, SIGINT 130)
          3    no access: denied, certificate not trusted, or no cluster configuration
          70   an error in wait-for itself
        """;
}
