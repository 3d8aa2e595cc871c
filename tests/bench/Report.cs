using WaitFor.Testing;

namespace WaitFor.Bench;

/// <summary>One waiter at a time, against curl and kubectl.</summary>
internal static class Report
{
    public static async Task MeasureAsync(ControlPlane server, Tools tools, Stage stage, int runs, bool quick, TextWriter output)
    {
        var table = new Table("wait-for", "curl", "kubectl wait", "of curl", "of kubectl");
        var load = Machine.Load;

        var (store, noStore, nothing) = await Measures.StartToExitAsync(stage, runs);
        foreach (var (name, found) in new[] { ("", store), (", no certificate store", noStore) })
            table.Row($"start to exit{name}", Table.Ms, found.WaitFor.Time.Median, found.Curl.Time.Median, found.Kubectl.Time.Median);
        foreach (var (name, found) in new[] { ("", store), (", no certificate store", noStore) })
            table.Row($"  processor time{name}", Table.Ms, found.WaitFor.Cpu.Median, found.Curl.Cpu.Median, found.Kubectl.Cpu.Median);

        var rollout = await Measures.RolloutAsync(stage, runs);
        table.Row("start to exit, a Deployment", Table.Ms, rollout.WaitFor.Time.Median, first: null, rollout.Wait.Time.Median);
        table.Row("  against kubectl rollout status", Table.Ms, rollout.WaitFor.Time.Median, first: null, rollout.Status.Time.Median);

        var reaction = await Measures.ReactionAsync(stage, runs);
        var failure = await Measures.FailureAsync(stage, runs);
        table.Row(
            "peak memory while watching",
            Table.Mb,
            reaction.WaitForMemory.Median,
            reaction.CurlMemory.Median,
            reaction.KubectlMemory.Median
        );
        table.Row("Job completes: exit after", Table.Ms, reaction.WaitFor.Median, first: null, reaction.Kubectl.Median);
        table.Row("Job fails: exit after", Table.Ms, failure.Median, first: null, second: null, without: "never");

        var requests = quick ? default((int WaitFor, int Kubectl)?) : await Measures.RequestsAsync(stage);
        if (requests is { } sent)
            table.Row("requests in a minute's wait", Table.Number, sent.WaitFor, first: null, sent.Kubectl);
        table.Row("size of the program", Table.Mb, new FileInfo(tools.WaitFor).Length, first: null, new FileInfo(tools.Kubectl).Length);

        var (signals, sleep) = await SignalMeasure.MeasureAsync(stage, tools.WaitFor, runs);
        foreach (var (name, time) in signals)
        {
            table.Row($"SIGTERM {name}: exit after", Table.Ms, time.Median, first: null, second: null);
            table.Row("  the slowest", Table.Ms, time.Worst, first: null, second: null);
        }

        table.Aim("start to exit <= 1.0 x curl", store.WaitFor.Time.Median / store.Curl.Time.Median, 1);
        table.Aim("start to exit <= 1/3 x kubectl wait", store.WaitFor.Time.Median / store.Kubectl.Time.Median, 1.0 / 3);
        // To read the store costs 40 ms and more; two medians of one thing differ by less than 2.
        table.Aim(
            "the host's certificate store costs <= 2 ms of start to exit",
            store.WaitFor.Time.Median - noStore.WaitFor.Time.Median,
            2,
            Table.Ms
        );
        table.Aim("a Deployment: start to exit <= 1/6 x kubectl rollout status", Ratio(rollout.WaitFor, rollout.Status), 1.0 / 6);
        table.Aim("a Deployment: start to exit <= 1/6 x kubectl wait", Ratio(rollout.WaitFor, rollout.Wait), 1.0 / 6);
        table.Aim("peak memory <= 1.0 x curl's watch", reaction.WaitForMemory.Median / reaction.CurlMemory.Median, 1);
        table.Aim("peak memory <= 1/3 x kubectl wait", reaction.WaitForMemory.Median / reaction.KubectlMemory.Median, 1.0 / 3);
        table.Aim("reaction no slower than kubectl wait's, difference", reaction.WaitFor.Median - reaction.Kubectl.Median, 0, Table.Ms);
        if (requests is { } counted)
            table.Aim("requests in a minute's wait <= 2", counted.WaitFor, 2, Table.Number);
        table.Aim("SIGTERM to exit <= 100 ms at every stage, the slowest of all", signals.Max(found => found.Time.Worst), 100, Table.Ms);

        output.WriteLine($"Medians of {runs} alternating runs on one server.");
        output.WriteLine($"  machine   {Machine.Cores}, Linux {Machine.Kernel}, load {load} at the start, {Machine.Load} at the end");
        output.WriteLine($"            {Machine.Certificates} certificates in the host's store");
        output.WriteLine($"  server    Kubernetes {server.KubernetesVersion} on the same machine; CA from a file, bearer token");
        output.WriteLine($"  wait-for  {tools.WaitForVersion}");
        output.WriteLine($"  curl      {tools.CurlVersion}: one GET of the Job; for its memory, a watch");
        output.WriteLine($"  kubectl   {tools.KubectlVersion}{tools.KubectlNote}; its discovery cache is filled");
        output.WriteLine($"  times     hold what it takes to start and end any process ({Table.Ms(nothing.Median)} for /bin/true);");
        output.WriteLine("            \"exit after\" counts from the answer to the PATCH that ends the Job, or from the signal");
        output.WriteLine("  SIGTERM   a scripted server; in the report the Job has failed and its pods are asked for without success");
        output.WriteLine(
            $"            /bin/sleep, which the kernel ends alone, is gone after {Table.Ms(sleep.Median)}, the slowest after "
                + $"{Table.Ms(sleep.Worst)}"
        );
        output.WriteLine();
        table.Print(output);

        static double Ratio(Measures.Turn one, Measures.Turn other) => one.Time.Median / other.Time.Median;
    }
}
